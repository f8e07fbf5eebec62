import { eventually, type KafkaService, startKafka } from '@millrace/testkit';
import type { NodeProcess } from '../../../test/e2e/node-process.ts';
import { cpuSecondsOf } from '../cpu.ts';
import { type LoadOptions, runLoad } from '../load/run-load.ts';
import { type RunningNode, startNode } from '../node.ts';
import type { Section } from '../report.ts';
import { type Contender, interleave } from '../rounds.ts';
import { runKafkaProducer } from '../run-kafka-producer.ts';
import { type CorridorRun, PUBLISHERS, WARM_UP_ROUNDS } from './corridor-run.ts';

interface Task {
  readonly title: string;
  readonly topic: string;
  readonly load: Pick<LoadOptions, 'payload' | 'size'>;
  readonly sql: string;
  readonly value: string;
}

const TASKS: readonly Task[] = [
  {
    title: 'MQTT to Kafka, payload unchanged, 1 KiB',
    topic: 'unchanged',
    load: { payload: 'filler', size: 1024 },
    sql: 'SELECT payload FROM "bench/#"',
    value: '${payload}',
  },
  {
    title: 'MQTT to Kafka through a JSON rule, 200 B',
    topic: 'json',
    load: { payload: 'json', size: 200 },
    sql: 'SELECT clientid, payload.temp as temp FROM "bench/#" WHERE payload.temp > -100',
    value: '${.}',
  },
];

const ACTION = 'kafka_producer:out';
const SETTLE_TIMEOUT_MS = 60_000;
/** The rounds send gigabytes; Kafka drops them soon. */
const CLEAN_UP = { 'log.retention.check.interval.ms': '2000', 'log.segment.delete.delay.ms': '500' };
const SHORT_LIVED = { 'retention.bytes': '134217728', 'segment.bytes': '67108864' };

/** Messages per CPU-second from a PUBLISH into Kafka, buffered on disk or in memory, beside the client library alone. */
export async function measureKafka(run: CorridorRun): Promise<Section[]> {
  process.stderr.write('starting Kafka\n');
  const kafka = await startKafka({ properties: CLEAN_UP });
  try {
    const sections: Section[] = [];
    for (const task of TASKS) sections.push(await measure(task, kafka, run));
    return sections;
  } finally {
    await kafka.stop();
  }
}

async function measure(task: Task, kafka: KafkaService, run: CorridorRun): Promise<Section> {
  process.stderr.write(`${task.title}\n`);
  await kafka.createTopic(task.topic, { config: SHORT_LIVED });
  const nodes: RunningNode[] = [];
  const contender = async (name: string, mode: 'disk' | 'memory'): Promise<Contender> => {
    const node = await startNode(configOf(task, kafka.bootstrap, mode));
    nodes.push(node);
    return { name, round: () => intoKafka(task, mode, node.process, run) };
  };
  try {
    const contenders = [
      await contender('Millrace, durable', 'disk'),
      await contender('Millrace, memory', 'memory'),
      { name: `client library alone, ${task.load.size} B`, round: () => directly(task, kafka.bootstrap, run) },
    ];
    return { title: task.title, results: await interleave(contenders, run.rounds, WARM_UP_ROUNDS) };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

/** Publishes for a while, waits until Kafka has everything, and answers messages per CPU-second of the node. */
async function intoKafka(task: Task, mode: string, node: NodeProcess, run: CorridorRun): Promise<number> {
  const { seconds, faults, busy } = run;
  const successBefore = (await node.metrics('actions', ACTION))['success'] ?? 0;
  const cpuBefore = cpuSecondsOf(node.pid);
  const startedAt = performance.now();
  const { published, lost } = await runLoad({
    ...PUBLISHERS,
    ...task.load,
    port: node.mqttPort,
    brokerPid: node.pid,
    subscribers: 0,
    warmUpSeconds: 0,
    seconds,
  });
  const success = (await settled(node)) - successBefore;
  if (lost > 0) faults.push(`${task.title}: ${lost} of ${published} messages were not acknowledged`);
  if (success !== published) faults.push(`${task.title}: of ${published} messages, ${success} came to Kafka`);
  const cpuSeconds = cpuSecondsOf(node.pid) - cpuBefore;
  busy.add(`${task.topic}, ${mode}`, cpuSeconds, (performance.now() - startedAt) / 1000);
  return success / cpuSeconds;
}

/** Waits until nothing is on its way and answers how much the action has sent since its start. */
async function settled(node: NodeProcess): Promise<number> {
  const what = 'the action to have sent everything';
  const metrics = await eventually(
    async () => {
      const now = await node.metrics('actions', ACTION);
      return now['queuing'] === 0 && now['inflight'] === 0 ? now : undefined;
    },
    { timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: 50, what },
  );
  return metrics['success'] ?? 0;
}

async function directly({ topic, load }: Task, bootstrap: string, { seconds }: CorridorRun): Promise<number> {
  const result = await runKafkaProducer({ bootstrap, topic, size: load.size, warmUpSeconds: 1, seconds });
  return result.messages / result.cpuSeconds;
}

function configOf({ topic, sql, value }: Task, bootstrap: string, mode: 'disk' | 'memory'): string {
  return `
    connectors.kafka_producer.kafka { bootstrap_hosts = "${bootstrap}" }
    actions.kafka_producer.out {
      connector = kafka
      parameters {
        topic = ${topic}
        message { value = "${value}" }
        required_acks = leader_only
        buffer { mode = ${mode} }
      }
    }
    rule_engine.rules.out { sql = ${JSON.stringify(sql)}, actions = ["${ACTION}"] }
  `;
}
