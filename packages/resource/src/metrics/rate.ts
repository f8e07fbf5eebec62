const SAMPLES = 30;

export const SAMPLE_INTERVAL_MS = 10_000;

/** Messages a second over a counter that is sampled each 10 s, as EMQX computes them. */
export class Rate {
  #last = 0;
  #samples: number[] = [];
  #max = 0;

  /** Takes the counter's value, each {@link SAMPLE_INTERVAL_MS}. */
  sample(total: number): void {
    const rate = Math.max(0, total - this.#last) / (SAMPLE_INTERVAL_MS / 1000);
    this.#last = total;
    this.#samples.push(rate);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    this.#max = Math.max(this.#max, rate);
  }

  /** Starts over from a counter that was set to `total`. */
  reset(total: number): void {
    this.#last = total;
    this.#samples = [];
    this.#max = 0;
  }

  get current(): number {
    return rounded(this.#samples.at(-1) ?? 0);
  }

  get lastFiveMinutes(): number {
    const sum = this.#samples.reduce((total, sample) => total + sample, 0);
    return rounded(this.#samples.length === 0 ? 0 : sum / this.#samples.length);
  }

  get max(): number {
    return rounded(this.#max);
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
