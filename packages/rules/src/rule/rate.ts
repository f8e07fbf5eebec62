const KEPT_SAMPLES = 30;

/** How fast a counter grows, per second, rounded to two decimals; sampled every ten seconds. */
export class Rate {
  static readonly INTERVAL_MS = 10_000;

  #last = 0;
  #max = 0;
  #samples: number[] = [];

  sample(total: number): void {
    const grown = Math.max(0, total - this.#last);
    this.#last = total;
    const perSecond = (grown * 1000) / Rate.INTERVAL_MS;
    this.#max = Math.max(this.#max, perSecond);
    this.#samples.push(perSecond);
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift();
  }

  get current(): number {
    return rounded(this.#samples.at(-1) ?? 0);
  }

  get max(): number {
    return rounded(this.#max);
  }

  /** Mean of the last thirty samples, of fewer right after the start. */
  get last5m(): number {
    if (this.#samples.length === 0) return 0;
    return rounded(this.#samples.reduce((sum, sample) => sum + sample, 0) / this.#samples.length);
  }

  reset(): void {
    this.#last = 0;
    this.#max = 0;
    this.#samples = [];
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
