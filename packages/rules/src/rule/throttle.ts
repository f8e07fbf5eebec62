import type { RuleClock } from '../ports.ts';

const WINDOW_MS = 60_000;

/** Lets one line through per key and minute; the next one says how many were held back. */
export class Throttle {
  readonly #clock: RuleClock;
  readonly #windows = new Map<string, { until: number; suppressed: number }>();

  constructor(clock: RuleClock) {
    this.#clock = clock;
  }

  /** Runs `write` unless the same key was written within the last minute. */
  run(key: string, write: (suppressed: number) => void): void {
    const now = this.#clock.now();
    const window = this.#windows.get(key);
    if (window !== undefined && now < window.until) {
      window.suppressed += 1;
      return;
    }
    this.#windows.set(key, { until: now + WINDOW_MS, suppressed: 0 });
    write(window?.suppressed ?? 0);
  }

  /** Forgets all keys that begin with the prefix. */
  forget(prefix: string): void {
    for (const key of this.#windows.keys()) if (key.startsWith(prefix)) this.#windows.delete(key);
  }
}
