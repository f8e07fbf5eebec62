/** Gauges of the broker at a moment. */
const GAUGES = {
  connections: 'connections.count',
  live_connections: 'live_connections.count',
  subscriptions: 'subscriptions.count',
  subscriptions_durable: 'durable_subscriptions.count',
  topics: 'topics.count',
} as const;

/** What happened since the sample before. */
const COUNTERS = {
  received: 'messages.received',
  sent: 'messages.sent',
  dropped: 'messages.dropped',
  persisted: 'messages.persisted',
  validation_succeeded: 'messages.validation_succeeded',
  validation_failed: 'messages.validation_failed',
  transformation_succeeded: 'messages.transformation_succeeded',
  transformation_failed: 'messages.transformation_failed',
} as const;

export type GaugeName = keyof typeof GAUGES | 'disconnected_durable_sessions';
export type CounterName = keyof typeof COUNTERS;

/** One point of the overview charts: gauges, and what was counted in the interval that ends there. */
export type Sample = Readonly<Record<GaugeName | CounterName | 'time_stamp', number>>;

type Named = Readonly<Record<string, number>>;

export const counterNames = Object.keys(COUNTERS) as readonly CounterName[];

export function readGauges(stats: Named): Record<GaugeName, number> {
  return { ...read(GAUGES, stats), disconnected_durable_sessions: 0 };
}

/** Totals since the start of the broker. */
export function readCounters(metrics: Named): Record<CounterName, number> {
  return read(COUNTERS, metrics);
}

/** Two neighbours as one: what they counted together, and the gauges of the later one. */
export function mergeSamples(earlier: Sample, later: Sample): Sample {
  const sums = counterNames.map((name) => [name, earlier[name] + later[name]]);
  return { ...later, ...Object.fromEntries(sums) };
}

function read<K extends string>(names: Readonly<Record<K, string>>, values: Named): Record<K, number> {
  const pairs = Object.entries<string>(names).map(([name, source]) => [name, values[source] ?? 0]);
  return Object.fromEntries(pairs) as Record<K, number>;
}
