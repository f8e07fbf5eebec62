/**
 * Packets of a connection that wait for an asynchronous answer (authentication, authorization) about one before them,
 * so that they are still handled in order. While it lasts the connection reads nothing more, so what waits is one chunk.
 */
export class Deferral {
  #waiting: (() => void)[] = [];

  add(handle: () => void): void {
    this.#waiting.push(handle);
  }

  /** Handles what has waited, up to a packet that defers again: `isDeferred` tells. What is left is answered. */
  run(isDeferred: () => boolean): (() => void)[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    let next = 0;
    while (next < waiting.length && !isDeferred()) {
      waiting[next]?.();
      next += 1;
    }
    return waiting.slice(next);
  }
}
