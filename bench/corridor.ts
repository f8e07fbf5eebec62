import { parseArgs } from 'node:util';
import { BusyShares } from './lib/busy-shares.ts';
import { measureKafka } from './lib/corridor/kafka-sections.ts';
import { measureRules } from './lib/corridor/rule-section.ts';
import { leaveMeasuredCore } from './lib/cpu.ts';
import { NODE_NOTE } from './lib/node.ts';
import { publish, type Section } from './lib/report.ts';
import { versionOf } from './lib/version-of.ts';

/*
 * What does MQTT to Kafka cost beside the client library fed directly, and what do rules cost?
 *
 *   node bench/corridor.ts [--only kafka|rules] [--rounds N] [--seconds N] [--save]
 *
 * Each row is a node of its own, the whole product. Into Kafka: 10 publishers at QoS 1 with a window of 100; what counts is
 * the CPU from the first message until the action has reported success for the last. Rules: the same publishers and one
 * subscriber; deliveries per CPU-second. Needs Linux, Java, and Maven for fetching Kafka once.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'kafka,rules' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    save: { type: 'boolean', default: false },
  },
});
const faults: string[] = [];
const busy = new BusyShares();
const run = { rounds: Number(values.rounds), seconds: Number(values.seconds), faults, busy };

const cores = leaveMeasuredCore();
const sections: Section[] = [];
if (values.only.includes('kafka')) sections.push(...(await measureKafka(run)));
if (values.only.includes('rules')) sections.push(await measureRules(run));
publish({
  name: 'corridor',
  question: 'What does MQTT to Kafka cost beside the client library fed directly, and what do rules cost?',
  unit: 'messages per CPU-second',
  isLessBetter: false,
  sections,
  notes: [
    cores,
    `${NODE_NOTE}; \`durable\` is the default buffer: in the log before PUBACK, fsync each second; acks of the leader`,
    `@platformatic/kafka ${versionOf('node_modules/@platformatic/kafka/package.json')}: batches of 1000, one after the other, acks of the leader`,
    'Kafka 4.1.1 on the same machine, topics of one partition',
    `${values.rounds} rounds of ${values.seconds} s`,
    ...busy.notes(),
    ...(faults.length === 0 ? ['nothing was lost; no delivery came twice or out of order'] : faults),
  ],
});
process.exitCode = faults.length === 0 ? 0 : 1;
