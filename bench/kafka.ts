import { kafkaProducer } from '@millrace/connector-kafka';
import { type EncodedRecord, RecordWriter, type RuleOutput, type Sink } from '@millrace/contract';
import { type KafkaService, startKafka } from '@millrace/testkit';
import { Producer } from '@platformatic/kafka';
import { publish, type Section } from './lib/report.ts';
import { type Contender, interleave } from './lib/rounds.ts';

/*
 * What does a message to Kafka cost beside @platformatic/kafka's own producer?
 *
 *   node bench/kafka.ts [--save]
 *
 * Both send batches of 1000 to one partition of a real broker, acks = 1, without compression. "payload" passes the bytes
 * of the payload through, as a rule that selects `payload` does; "JSON" encodes the output of a rule. The raw producer
 * gets its messages ready-made. The figure is the CPU time of this process, user and system.
 */

const ROUNDS = 7;
const BATCH = 1000;
const BATCHES_PER_ROUND = 40;
const IN_FLIGHT = 4;
const TOPIC = 'bench';

const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const never = new AbortController().signal;

const kafka = await startKafka();
const close: (() => Promise<unknown>)[] = [];
const sections: Section[] = [];
try {
  await kafka.createTopic(TOPIC, {
    config: { 'retention.bytes': '50000000', 'segment.bytes': '50000000', 'max.message.bytes': '4000000' },
  });
  for (const size of [100, 1024]) {
    const contenders = [
      await ours(kafka, 'millrace, payload', '${payload}', size),
      await ours(kafka, 'millrace, JSON', '${.}', size),
      raw(kafka, size),
    ];
    sections.push({ title: `${size} B`, results: await interleave(contenders, ROUNDS) });
  }
} finally {
  for (const one of close) await one();
  await kafka.stop();
}

publish({
  name: 'kafka',
  question: 'What does a message to Kafka cost beside the raw producer of @platformatic/kafka?',
  unit: 'ns of CPU per message',
  isLessBetter: true,
  sections,
});

async function ours(service: KafkaService, name: string, value: string, size: number): Promise<Contender> {
  const { config, sink: definition } = kafkaProducer;
  const context = { id: 'bench', node: 'bench', log: quiet, lost: nothing };
  const link = kafkaProducer.open(config.parse({ bootstrap_hosts: service.bootstrap }), context);
  if (definition === undefined) throw new TypeError('the connector has no sink');
  const parameters = definition.parameters.parse({
    topic: TOPIC,
    message: { key: '${clientid}', value },
    required_acks: 'leader_only',
  });
  await link.connect(never);
  const sink = definition.create(parameters, link, context);
  await sink.prepare?.(never);
  close.push(
    async () => sink.close?.(),
    () => link.close(),
  );
  const output = {
    clientid: 'device-1',
    timestamp: 1_700_000_000_000,
    topic: 'devices/1',
    payload: Buffer.alloc(size, 'x'),
  };
  // Stands for the buffer of the resource layer, which uses its memory again.
  const writers = Array.from({ length: IN_FLIGHT }, () => new RecordWriter(BATCH * 1400));
  return {
    name,
    round: () => cpuPerMessage((worker) => writeBatch(sink, writers[worker] ?? new RecordWriter(), output)),
  };
}

async function writeBatch(sink: Sink, writer: RecordWriter, output: RuleOutput): Promise<void> {
  writer.truncate(0);
  const ends: number[] = [];
  for (let index = 0; index < BATCH; index += 1) {
    sink.encode(output, writer);
    ends.push(writer.position);
  }
  const records: EncodedRecord[] = ends.map((end, index) => ({
    bytes: writer.buffer,
    start: ends[index - 1] ?? 0,
    end,
    enqueuedAt: 0,
  }));
  for (const record of records) await sink.lane?.(record);
  await sink.write({ lane: `${TOPIC}-0`, laneIndex: 0, records, attempt: 1 }, never);
}

function raw(service: KafkaService, size: number): Contender {
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: service.bootstrap.split(','),
    maxInflights: IN_FLIGHT,
  });
  close.push(() => producer.close());
  const messages = Array.from({ length: BATCH }, () => ({
    topic: TOPIC,
    partition: 0,
    key: Buffer.from('device-1'),
    value: Buffer.alloc(size, 'x'),
    timestamp: 1_700_000_000_000n,
  }));
  return { name: '@platformatic/kafka', round: () => cpuPerMessage(() => producer.send({ messages, acks: 1 })) };
}

/** Keeps `IN_FLIGHT` batches on their way until the round is over. */
async function cpuPerMessage(send: (worker: number) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let left = BATCHES_PER_ROUND;
  const worker = async (_: unknown, index: number) => {
    while (left > 0) {
      left -= 1;
      await send(index);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (BATCH * BATCHES_PER_ROUND);
}

function nothing(): void {}
