import type { NodeProcess } from '../../../test/e2e/node-process.ts';
import { runLoad } from '../load/run-load.ts';
import { type RunningNode, startNode } from '../node.ts';
import type { Section } from '../report.ts';
import { type Contender, interleave } from '../rounds.ts';
import { type CorridorRun, PUBLISHERS, WARM_UP_ROUNDS } from './corridor-run.ts';

interface Task {
  readonly name: string;
  readonly config: string;
  /** Where the subscriber finds the messages, when not where they were published. */
  readonly filter?: string;
}

const REPUBLISH = '{ function = republish, args { topic = "out/${clientid}", payload = "${payload}", qos = 1 } }';

const TASKS: readonly Task[] = [
  { name: 'JSON rule that republishes', config: rules(1, 'bench/#', REPUBLISH), filter: 'out/#' },
  { name: 'nine JSON rules', config: rules(9, 'bench/#') },
  { name: 'one JSON rule', config: rules(1, 'bench/#') },
  { name: 'nine rules on other topics', config: rules(9, 'other/#') },
  { name: 'no rule', config: '' },
];

const WARM_UP_SECONDS = 0.7;

/** Deliveries per CPU-second at QoS 1 with rules that read a JSON payload of 200 B, and without. */
export async function measureRules(run: CorridorRun): Promise<Section> {
  const title = 'fan-in QoS 1 under rules, 200 B of JSON, deliveries';
  process.stderr.write(`${title}\n`);
  const nodes: RunningNode[] = [];
  try {
    const contenders: Contender[] = [];
    for (const task of TASKS) {
      const node = await startNode(task.config);
      nodes.push(node);
      contenders.push({ name: task.name, round: () => deliver(task, node.process, run) });
    }
    return { title, results: await interleave(contenders, run.rounds, WARM_UP_ROUNDS) };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

async function deliver(
  { name, filter }: Task,
  node: NodeProcess,
  { seconds, faults, busy }: CorridorRun,
): Promise<number> {
  const result = await runLoad({
    ...PUBLISHERS,
    port: node.mqttPort,
    brokerPid: node.pid,
    subscribers: 1,
    ...(filter !== undefined && { filter }),
    payload: 'json',
    size: 200,
    warmUpSeconds: WARM_UP_SECONDS,
    seconds,
  });
  if (result.lost > 0) faults.push(`${name}: ${result.lost} of ${result.published} messages lost`);
  if (result.disordered > 0) faults.push(`${name}: ${result.disordered} messages twice or out of order`);
  busy.add(name, result.brokerCpuSeconds, result.seconds);
  return result.messages / result.brokerCpuSeconds;
}

function rules(count: number, topicFilter: string, action = ''): string {
  const sql = `SELECT payload, clientid, payload.temp as temp FROM "${topicFilter}" WHERE payload.temp > -100`;
  const rule = (_: unknown, index: number) =>
    `rule_engine.rules.r${index} { sql = ${JSON.stringify(sql)}, actions = [${action}] }`;
  return Array.from({ length: count }, rule).join('\n');
}
