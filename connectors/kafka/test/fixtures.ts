import { type EncodedRecord, type Log, RecordWriter, type RuleOutput } from '@millrace/contract';
import type { KafkaClient } from '../src/client.ts';
import { sinkParameters } from '../src/parameters.ts';
import { KafkaSink } from '../src/sink.ts';

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

/** A client whose topics are known and that has no network. */
export function offlineClient(topics: Readonly<Record<string, readonly number[]>> = {}): KafkaClient {
  const known = (name: string) => {
    const leaders = topics[name];
    return leaders && { name, leaders, lanes: leaders.map((_, partition) => `${name}-${partition}`) };
  };
  return { topics: { known, find: async (name: string) => known(name) } } as unknown as KafkaClient;
}

export function sinkWith(
  parameters: Readonly<Record<string, unknown>>,
  client = offlineClient(),
  random?: () => number,
) {
  const context = { id: 'action:kafka_producer:a', node: 'n1', log: silentLog };
  return new KafkaSink(sinkParameters.parse(parameters), client, context, random);
}

/** What the buffer would hold of these outputs. */
export function encodeAll(sink: KafkaSink, outputs: readonly RuleOutput[]): EncodedRecord[] {
  const writer = new RecordWriter(64);
  const ends = outputs.map((output) => {
    sink.encode(output, writer);
    return writer.position;
  });
  const bytes = Buffer.from(writer.buffer.subarray(0, writer.position));
  return ends.map((end, index) => ({ bytes, start: ends[index - 1] ?? 0, end, enqueuedAt: 0 }));
}
