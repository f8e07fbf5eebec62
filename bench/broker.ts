import { parseArgs } from 'node:util';
import { type RunningBroker, startAedes, startMillrace, startMillraceAlone, startMosquitto } from './lib/brokers.ts';
import { BusyShares } from './lib/busy-shares.ts';
import { leaveMeasuredCore } from './lib/cpu.ts';
import { type LoadOptions, type LoadResult, runLoad } from './lib/load/run-load.ts';
import { publish, type Section } from './lib/report.ts';
import { type Contender, interleave } from './lib/rounds.ts';

/*
 * How many deliveries per second of broker CPU, beside aedes and Mosquitto?
 *
 *   node bench/broker.ts [--only A,C] [--rounds N] [--seconds N] [--alone] [--save]
 *
 * Per second of CPU, since that hardly changes when the machine is busy with other things. The load (bench/lib/load) has a
 * process and a core of its own, keeps at most 10,000 deliveries on their way, and checks each message. All brokers are
 * measured in turn within each round. Needs Linux and an installed Mosquitto. `--alone` takes the broker room by itself
 * instead of the whole product, to see what the rest costs.
 */

interface Scenario extends Pick<LoadOptions, 'publishers' | 'subscribers' | 'qos' | 'size'> {
  readonly letter: string;
  readonly title: string;
  readonly pairs?: boolean;
  readonly window?: number;
  readonly perWrite?: number;
}

const PIPELINED = { window: 100, perWrite: 32 };

const SCENARIOS: readonly Scenario[] = [
  { letter: 'A', title: 'fan-in QoS 0, 64 B, 10 publishers', publishers: 10, subscribers: 1, qos: 0, size: 64 },
  { letter: 'B', title: 'fan-in QoS 0, 256 B, 10 publishers', publishers: 10, subscribers: 1, qos: 0, size: 256 },
  {
    letter: 'C',
    title: 'fan-in QoS 1, 64 B, 10 publishers, window 100',
    publishers: 10,
    subscribers: 1,
    qos: 1,
    size: 64,
  },
  {
    letter: 'D',
    title: 'fan-in QoS 1, 256 B, 10 publishers, window 100',
    publishers: 10,
    subscribers: 1,
    qos: 1,
    size: 256,
  },
  {
    letter: 'E',
    title: 'fan-in QoS 2, 64 B, 10 publishers, window 100',
    publishers: 10,
    subscribers: 1,
    qos: 2,
    size: 64,
  },
  {
    letter: 'F',
    title: 'fan-in QoS 0, 64 B, 100 publishers, one message a segment',
    publishers: 100,
    subscribers: 1,
    qos: 0,
    size: 64,
    perWrite: 1,
  },
  {
    letter: 'G',
    title: 'fan-in QoS 1, 64 B, 500 publishers, window 1',
    publishers: 500,
    subscribers: 1,
    qos: 1,
    size: 64,
    window: 1,
    perWrite: 1,
  },
  { letter: 'H', title: 'fan-out QoS 0, 64 B, 1 to 100', publishers: 1, subscribers: 100, qos: 0, size: 64 },
  {
    letter: 'I',
    title: 'fan-out QoS 1, 64 B, 1 to 100, window 100',
    publishers: 1,
    subscribers: 100,
    qos: 1,
    size: 64,
  },
  {
    letter: 'L',
    title: '100 pairs QoS 1, 64 B, window 20, one message a segment',
    publishers: 100,
    subscribers: 100,
    qos: 1,
    size: 64,
    pairs: true,
    window: 20,
    perWrite: 1,
  },
];

const WARM_UP_SECONDS = 0.7;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: SCENARIOS.map(({ letter }) => letter).join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    alone: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
const chosen = SCENARIOS.filter(({ letter }) => values.only.toUpperCase().split(',').includes(letter));
const faults: string[] = [];
const busy = new BusyShares();

const cores = leaveMeasuredCore();
const brokers: RunningBroker[] = [];
try {
  for (const start of [values.alone ? startMillraceAlone : startMillrace, startAedes, startMosquitto]) {
    brokers.push(await start());
  }
  const sections: Section[] = [];
  for (const scenario of chosen) sections.push(await measure(scenario));
  publish({
    name: values.alone ? 'broker-alone' : 'broker',
    question: 'How many deliveries per second of broker CPU, beside aedes and Mosquitto?',
    unit: 'deliveries per CPU-second',
    isLessBetter: false,
    sections,
    notes: [
      cores,
      ...brokers.map(({ note }) => note),
      `${values.rounds} rounds of ${values.seconds} s`,
      ...busy.notes(),
      ...checks(),
    ],
  });
} finally {
  await Promise.all(brokers.map((broker) => broker.stop()));
}
process.exitCode = faults.length === 0 ? 0 : 1;

async function measure(scenario: Scenario): Promise<Section> {
  process.stderr.write(`${scenario.letter}: ${scenario.title}\n`);
  const contenders = brokers.map((broker) => contender(scenario, broker));
  return {
    title: `${scenario.letter}: ${scenario.title}`,
    results: await interleave(contenders, Number(values.rounds), 0),
  };
}

function contender(scenario: Scenario, broker: RunningBroker): Contender {
  const round = async () => {
    const result = await runLoad({
      pairs: false,
      ...PIPELINED,
      ...scenario,
      payload: 'filler',
      port: broker.port,
      brokerPid: broker.pid,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: Number(values.seconds),
    });
    check(scenario, broker, result);
    busy.add(`${scenario.letter} ${broker.name}`, result.brokerCpuSeconds, result.seconds);
    return result.messages / result.brokerCpuSeconds;
  };
  return { name: broker.name, round };
}

/** At QoS 0 a broker may lose what it cannot pass on; anything else is its fault and makes the figure worthless. */
function check({ letter, qos }: Scenario, { name }: RunningBroker, { lost, disordered, published }: LoadResult): void {
  if (qos > 0 && lost > 0) faults.push(`${letter}: ${name} lost ${lost} of ${published} messages`);
  if (disordered > 0) faults.push(`${letter}: ${name} delivered ${disordered} messages twice or out of order`);
}

function checks(): readonly string[] {
  return faults.length === 0 ? ['at QoS 1 and 2 nothing was lost; nothing came twice or out of order'] : faults;
}
