import type { Entry } from '../buffer/block.ts';
import type { Clock } from '../ports.ts';

/** Knows when the life of a record is over, and wakes its owner for the oldest one. */
export class Expiry {
  readonly isNever: boolean;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #onDue: () => void;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, ttlMs: number, onDue: () => void) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#onDue = onDue;
    this.isNever = ttlMs === Infinity;
  }

  isOver(entry: Entry): boolean {
    return !this.isNever && this.isOverSince(entry.enqueuedAt);
  }

  isOverSince(enqueuedAt: number): boolean {
    return this.#clock.now() >= enqueuedAt + this.#ttlMs;
  }

  /** Sets the timer unless it is set already; asks for the oldest record only then. */
  arm(oldestEnqueuedAt: () => number): void {
    if (this.isNever || this.#cancelTimer !== undefined) return;
    const due = oldestEnqueuedAt() + this.#ttlMs;
    if (due === Infinity) return;
    this.#cancelTimer = this.#clock.after(Math.max(1, due - this.#clock.now()), () => {
      this.#cancelTimer = undefined;
      this.#onDue();
    });
  }

  cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
