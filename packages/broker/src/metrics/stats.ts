/** Gauges of the node, each with the highest value seen. */
const STAT_NAMES = [
  'connections',
  'live_connections',
  'cluster_sessions',
  'sessions',
  'channels',
  'subscribers',
  'subscriptions',
  'subscriptions.shared',
  'suboptions',
  'topics',
  'retained',
  'delayed',
  'durable_subscriptions',
] as const;

export type StatName = (typeof STAT_NAMES)[number];

/** Remembers the maxima of gauges that are read from elsewhere. */
export class Stats {
  readonly #read: (name: StatName) => number;
  readonly #maxima = new Map<StatName, number>();

  constructor(read: (name: StatName) => number) {
    this.#read = read;
  }

  /** Takes the present values into the maxima; called on each change that raises one of them. */
  sample(): void {
    for (const name of STAT_NAMES) this.#sampleOne(name);
  }

  /** `connections.count`, `connections.max`, … */
  named(): Record<string, number> {
    const named: Record<string, number> = {};
    for (const name of STAT_NAMES) {
      named[`${name}.count`] = this.#sampleOne(name);
      named[`${name}.max`] = this.#maxima.get(name) ?? 0;
    }
    return named;
  }

  #sampleOne(name: StatName): number {
    const value = this.#read(name);
    if (value > (this.#maxima.get(name) ?? 0)) this.#maxima.set(name, value);
    return value;
  }
}
