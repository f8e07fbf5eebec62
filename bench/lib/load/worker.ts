/**
 * The load side of a benchmark as a process of its own: publishers and subscribers over plain sockets with encoded
 * packets, cheap beside any broker. Started by `runLoad`, answers it with one message.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../cpu.ts';
import { answerAndExit, workerArgument } from '../worker-process.ts';
import { Publisher } from './publisher.ts';
import { Pump } from './pump.ts';
import type { LoadOptions, LoadResult } from './run-load.ts';
import { openSubscriber } from './subscriber.ts';
import { Tally } from './tally.ts';

/** How long the last messages may keep one waiting before they are lost. */
const DRAIN_STEPS = 40;
const DRAIN_STEP_MS = 50;

async function run(options: LoadOptions): Promise<LoadResult> {
  const tally = new Tally();
  const pump = new Pump(tally, options);
  const wake = () => pump.wake();
  for (let index = 0; index < options.subscribers; index++) await openSubscriber(options, index, tally, wake);
  for (let index = 0; index < options.publishers; index++) {
    pump.add(await Publisher.open(options, index, tally, wake));
  }
  pump.start();
  await sleep(options.warmUpSeconds * 1000);
  const before = snapshot(options, tally);
  await sleep(options.seconds * 1000);
  const after = snapshot(options, tally);
  pump.stop();
  await drained(options, tally);
  return {
    messages: after.messages - before.messages,
    seconds: (after.at - before.at) / 1000,
    brokerCpuSeconds: after.brokerCpu - before.brokerCpu,
    loadCpuSeconds: after.loadCpu - before.loadCpu,
    published: tally.published,
    lost: outstanding(options, tally),
    disordered: tally.disordered,
  };
}

function snapshot({ brokerPid, subscribers }: LoadOptions, { delivered, acknowledged }: Tally) {
  return {
    at: performance.now(),
    messages: subscribers === 0 ? acknowledged : delivered,
    brokerCpu: cpuSecondsOf(brokerPid),
    loadCpu: cpuSecondsOf(process.pid),
  };
}

/** Deliveries and acknowledgements that are still due. */
function outstanding({ qos, subscribers, pairs }: LoadOptions, tally: Tally): number {
  const deliveries = tally.published * (pairs ? 1 : subscribers) - tally.delivered;
  return Math.max(deliveries, 0) + (qos === 0 ? 0 : tally.published - tally.acknowledged);
}

/** Waits for what is on its way, as long as something comes. */
async function drained(options: LoadOptions, tally: Tally): Promise<void> {
  let left = outstanding(options, tally);
  for (let step = 0; step < DRAIN_STEPS && left > 0; step++) {
    await sleep(DRAIN_STEP_MS);
    const now = outstanding(options, tally);
    if (now < left) step = 0;
    left = now;
  }
}

answerAndExit(await run(workerArgument() as LoadOptions));
