import type { AckGate } from '@millrace/broker';

/** A gate that tests open by hand. */
export class TestGate implements AckGate {
  isOpen = false;
  readonly #callbacks: (() => void)[] = [];

  whenOpen(callback: () => void): void {
    if (this.isOpen) callback();
    else this.#callbacks.push(callback);
  }

  open(): void {
    this.isOpen = true;
    for (const callback of this.#callbacks) callback();
  }
}
