import type { ApiClock, ApiPorts } from '../ports.ts';
import { type CounterName, counterNames, mergeSamples, readCounters, readGauges, type Sample } from './sample.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How old points of a resolution may get before they are merged into the next one. */
const RESOLUTIONS = [
  { spanMs: 10_000, keptMs: HOUR_MS },
  { spanMs: MINUTE_MS, keptMs: DAY_MS },
  { spanMs: 5 * MINUTE_MS, keptMs: 3 * DAY_MS },
  { spanMs: 10 * MINUTE_MS, keptMs: 7 * DAY_MS },
] as const;

/**
 * The time series behind the overview charts: a point every ten seconds, thinned out as it gets older, gone after seven
 * days or with the process.
 */
export class Monitor {
  static readonly INTERVAL_MS = 10_000;

  readonly #broker: Pick<ApiPorts['broker'], 'metrics' | 'stats'>;
  readonly #clock: ApiClock;
  /** Newest points first in their resolution, oldest first within it. */
  #series: Sample[][] = RESOLUTIONS.map(() => []);
  #totals: Readonly<Record<CounterName, number>>;
  #sampledAt: number;

  constructor(broker: Pick<ApiPorts['broker'], 'metrics' | 'stats'>, clock: ApiClock) {
    this.#broker = broker;
    this.#clock = clock;
    this.#totals = readCounters(broker.metrics());
    this.#sampledAt = clock.now();
  }

  /** Called every {@link Monitor.INTERVAL_MS}. */
  sample(): void {
    const now = this.#clock.now();
    const sample: Sample = { time_stamp: now, ...readGauges(this.#broker.stats()), ...this.#grown() };
    this.#totals = readCounters(this.#broker.metrics());
    this.#sampledAt = now;
    this.#series[0]?.push(sample);
    this.#thinOut(now);
  }

  /** Points by time; with `latestMs` only those of that last while. */
  points(latestMs = Infinity): Sample[] {
    const since = this.#clock.now() - latestMs;
    return this.#series
      .toReversed()
      .flat()
      .filter((sample) => sample.time_stamp >= since);
  }

  /** Gauges of this moment, and rates per second since the last point. */
  current(): Record<string, number> {
    const stats = this.#broker.stats();
    const seconds = Math.max(1, (this.#clock.now() - this.#sampledAt) / 1000);
    const grown = this.#grown();
    const rate = (name: CounterName) => Math.round(grown[name] / seconds);
    return {
      ...readGauges(stats),
      subscriptions_ram: stats['subscriptions.count'] ?? 0,
      shared_subscriptions: stats['subscriptions.shared.count'] ?? 0,
      retained_msg_count: stats['retained.count'] ?? 0,
      received_msg_rate: rate('received'),
      sent_msg_rate: rate('sent'),
      dropped_msg_rate: rate('dropped'),
      persisted_rate: rate('persisted'),
      validation_succeeded_rate: rate('validation_succeeded'),
      validation_failed_rate: rate('validation_failed'),
      transformation_succeeded_rate: rate('transformation_succeeded'),
      transformation_failed_rate: rate('transformation_failed'),
    };
  }

  clear(): void {
    this.#series = RESOLUTIONS.map(() => []);
  }

  #grown(): Record<CounterName, number> {
    const totals = readCounters(this.#broker.metrics());
    const pairs = counterNames.map((name) => [name, totals[name] - this.#totals[name]]);
    return Object.fromEntries(pairs) as Record<CounterName, number>;
  }

  #thinOut(now: number): void {
    for (const [index, { keptMs }] of RESOLUTIONS.entries()) {
      const points = this.#series[index] ?? [];
      while (points[0] !== undefined && now - points[0].time_stamp > keptMs) this.#age(points.shift()!, index + 1);
    }
  }

  /** Moves a point into a coarser resolution; behind the last one it is gone. */
  #age(sample: Sample, index: number): void {
    const points = this.#series[index];
    const spanMs = RESOLUTIONS[index]?.spanMs;
    if (points === undefined || spanMs === undefined) return;
    const last = points.at(-1);
    const slot = (point: Sample) => Math.floor(point.time_stamp / spanMs);
    if (last !== undefined && slot(last) === slot(sample)) points[points.length - 1] = mergeSamples(last, sample);
    else points.push(sample);
  }
}
