import type { AckGate } from '@millrace/broker';

/** What an acknowledgement waits for when several actions have a say. The usual case of one gate makes no object. */
export function joinGates(first: AckGate | undefined, second: AckGate | undefined): AckGate | undefined {
  if (second === undefined || second.isOpen || second === first) return first;
  if (first === undefined || first.isOpen) return second;
  return new JointGate(first, second);
}

/** Resolves when the gate is open. */
export function gateOpened(gate: AckGate | undefined): Promise<void> {
  if (gate === undefined || gate.isOpen) return Promise.resolve();
  return new Promise((resolve) => gate.whenOpen(resolve));
}

class JointGate implements AckGate {
  readonly #first: AckGate;
  readonly #second: AckGate;

  constructor(first: AckGate, second: AckGate) {
    this.#first = first;
    this.#second = second;
  }

  get isOpen(): boolean {
    return this.#first.isOpen && this.#second.isOpen;
  }

  whenOpen(callback: () => void): void {
    this.#first.whenOpen(() => this.#second.whenOpen(callback));
  }
}
