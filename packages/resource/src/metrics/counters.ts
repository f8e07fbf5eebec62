import type { Outcome } from '../ports.ts';

/** Outcomes as numbers: what the hot path counts with and ack files hold. Never renumbered. */
export const OutcomeCode = {
  success: 0,
  failed: 1,
  expired: 2,
  queueFull: 3,
  resourceStopped: 4,
  resourceNotFound: 5,
  lateReply: 6,
  other: 7,
} as const;

export type OutcomeCode = (typeof OutcomeCode)[keyof typeof OutcomeCode];

export const OUTCOME_NAMES = [
  'success',
  'failed',
  'expired',
  'queue_full',
  'resource_stopped',
  'resource_not_found',
  'late_reply',
  'other',
] as const satisfies readonly Outcome[];

const OUTCOMES = OUTCOME_NAMES.length;

/** Tallies of outcomes, those that came after a retry apart. */
export class Counters {
  readonly #all = new Float64Array(OUTCOMES);
  readonly #retried = new Float64Array(OUTCOMES);

  add(code: OutcomeCode, count: number, retried: boolean): void {
    this.#all[code]! += count;
    if (retried) this.#retried[code]! += count;
  }

  addAll(other: Counters, sign: 1 | -1 = 1): void {
    for (let code = 0; code < OUTCOMES; code++) {
      this.#all[code]! += sign * other.#all[code]!;
      this.#retried[code]! += sign * other.#retried[code]!;
    }
  }

  of(code: OutcomeCode): number {
    return this.#all[code]!;
  }

  retriedOf(code: OutcomeCode): number {
    return this.#retried[code]!;
  }

  /** Records that have an outcome. */
  get settled(): number {
    let sum = 0;
    for (const count of this.#all) sum += count;
    return sum;
  }

  get dropped(): number {
    return (
      this.of(OutcomeCode.expired) +
      this.of(OutcomeCode.queueFull) +
      this.of(OutcomeCode.resourceStopped) +
      this.of(OutcomeCode.resourceNotFound) +
      this.of(OutcomeCode.other)
    );
  }

  clear(): void {
    this.#all.fill(0);
    this.#retried.fill(0);
  }

  toJSON(): { all: number[]; retried: number[] } {
    return { all: [...this.#all], retried: [...this.#retried] };
  }

  /** Reads what `toJSON` gave; anything else counts as zero. */
  static from(stored: unknown): Counters {
    const counters = new Counters();
    const { all, retried } = (stored ?? {}) as { all?: unknown; retried?: unknown };
    copyNumbers(all, counters.#all);
    copyNumbers(retried, counters.#retried);
    return counters;
  }
}

function copyNumbers(source: unknown, target: Float64Array): void {
  if (!Array.isArray(source)) return;
  for (let index = 0; index < target.length; index++) {
    const value: unknown = source[index];
    if (typeof value === 'number' && Number.isFinite(value)) target[index] = value;
  }
}
