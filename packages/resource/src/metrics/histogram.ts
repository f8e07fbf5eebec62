import type { LatencySummary } from '../ports.ts';

const BUCKETS = 64;
/** Each bucket is this much wider than the one before: percentiles are at most 41 % too high. */
const BUCKETS_PER_DOUBLING = 2;

/** Milliseconds in fixed logarithmic buckets, from below 1 ms to beyond 25 days. */
export class Histogram {
  readonly #buckets = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #max = 0;

  add(milliseconds: number, count = 1): void {
    const value = Math.max(0, milliseconds);
    this.#buckets[bucketOf(value)]! += count;
    this.#count += count;
    this.#sum += value * count;
    if (value > this.#max) this.#max = value;
  }

  clear(): void {
    this.#buckets.fill(0);
    this.#count = 0;
    this.#sum = 0;
    this.#max = 0;
  }

  summary(): LatencySummary {
    const mean = this.#count === 0 ? 0 : Math.round((this.#sum / this.#count) * 100) / 100;
    return { count: this.#count, mean, p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: this.#max };
  }

  #percentile(part: number): number {
    let left = this.#count * part;
    for (let index = 0; index < BUCKETS; index++) {
      left -= this.#buckets[index]!;
      if (left <= 0 && this.#count > 0) return Math.min(this.#max, upperBound(index));
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value < 1) return 0;
  return Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(value) * BUCKETS_PER_DOUBLING));
}

function upperBound(index: number): number {
  return Math.round(2 ** (index / BUCKETS_PER_DOUBLING));
}
