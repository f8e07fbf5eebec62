import type { Context } from './context.ts';

const INTERVAL_MS = 10_000;

/** What has to be looked at now and then: retained messages and QoS 2 ids that nobody asks for, maxima of the gauges. */
export class Housekeeping {
  readonly #context: Context;
  readonly #sampleStats: () => void;
  #interval: NodeJS.Timeout | undefined;

  constructor(context: Context, sampleStats: () => void) {
    this.#context = context;
    this.#sampleStats = sampleStats;
  }

  start(): void {
    this.#interval = setInterval(() => this.run(), INTERVAL_MS);
    this.#interval.unref();
  }

  stop(): void {
    clearInterval(this.#interval);
  }

  run(): void {
    const { clock, sessions, retained, settings } = this.#context;
    const now = clock.tick();
    retained.sweep();
    for (const session of sessions.values()) session.expireAwaitingRelease(now - settings.awaitRelTimeoutMs);
    this.#sampleStats();
  }
}
