/** Packet ids of QoS 2 messages a client has published and not released yet, with the time they came. */
export class AwaitingRelease {
  readonly #received = new Map<number, number>();

  get size(): number {
    return this.#received.size;
  }

  has(packetId: number): boolean {
    return this.#received.has(packetId);
  }

  add(packetId: number, now: number): void {
    this.#received.set(packetId, now);
  }

  /** Whether there was such an id. */
  release(packetId: number): boolean {
    return this.#received.delete(packetId);
  }

  /** Forgets ids that came before `time`; answers how many. */
  expire(time: number): number {
    let expired = 0;
    for (const [packetId, receivedAt] of this.#received) {
      if (receivedAt >= time) break;
      this.#received.delete(packetId);
      expired += 1;
    }
    return expired;
  }
}
