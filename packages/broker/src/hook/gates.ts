import type { AckGate } from '../message.ts';

/** Open when all its parts are. */
class JointGate implements AckGate {
  readonly #parts: readonly AckGate[];

  constructor(parts: readonly AckGate[]) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#parts.every((part) => part.isOpen);
  }

  whenOpen(callback: () => void): void {
    let closed = this.#parts.length;
    const partOpened = () => {
      closed -= 1;
      if (closed === 0) callback();
    };
    for (const part of this.#parts) part.whenOpen(partOpened);
  }
}

/** The gate that waits for both; undefined waits for nothing. */
export function joinGates(first: AckGate | undefined, second: AckGate | undefined): AckGate | undefined {
  if (first === undefined || first === second) return second;
  return second === undefined ? first : new JointGate([first, second]);
}
