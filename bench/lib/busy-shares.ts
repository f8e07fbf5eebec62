import { median } from './rounds.ts';

/** Below this share of a core, it was not the measured process that set the pace. */
const BUSY = 0.7;

/** Remembers how busy the measured processes were, since an idle one looks dearer: its reads and batches are small. */
export class BusyShares {
  readonly #shares = new Map<string, number[]>();

  add(label: string, cpuSeconds: number, seconds: number): void {
    const shares = this.#shares.get(label) ?? [];
    this.#shares.set(label, [...shares, cpuSeconds / seconds]);
  }

  /** A sentence for the result; none when all were busy. */
  notes(): readonly string[] {
    const idle = Array.from(this.#shares, ([label, shares]) => ({ label, share: median(shares) }))
      .filter(({ share }) => share < BUSY)
      .map(({ label, share }) => `${label} ${Math.round(share * 100)} %`);
    if (idle.length === 0) return [];
    return [
      `not the limit (the load or a busy machine was), so its reads and batches were smaller than they could be: ${idle.join(', ')} of a core`,
    ];
  }
}
