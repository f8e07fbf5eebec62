import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { accepts, freePort, Mosquitto } from '@millrace/testkit';
import { Child } from './child.ts';
import { MEASURED_CORE, pin } from './cpu.ts';
import { NODE_NOTE, startNode } from './node.ts';
import { versionOf } from './version-of.ts';

/** A broker as a process of its own, on the measured core. */
export interface RunningBroker {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Version and settings, for the result. */
  readonly note: string;
  stop(): Promise<void>;
}

/**
 * What its defaults do not allow: it would drop QoS 1 messages beyond 1000 in the queue of a client, and disconnect a QoS 2
 * publisher with more than 20 on their way.
 */
const MOSQUITTO_SETTINGS = ['max_queued_messages 0', 'max_inflight_messages 100'];

/** The whole product with an empty configuration. */
export async function startMillrace(): Promise<RunningBroker> {
  const node = await startNode('');
  const { pid, mqttPort: port } = node.process;
  return { name: 'Millrace', pid, port, note: `${NODE_NOTE}, empty configuration`, stop: () => node.stop() };
}

/** The broker room without rules, API and data integration. */
export async function startMillraceAlone(): Promise<RunningBroker> {
  const port = await freePort();
  const child = await started(process.execPath, [inBench('broker-node.ts'), String(port)], port);
  const note = `Millrace ${versionOf('package.json')}: the broker alone (\`bench/broker-node.ts\`), default settings`;
  return { name: 'Millrace, broker alone', pid: child.pid, port, note, stop: () => child.stop() };
}

export async function startAedes(): Promise<RunningBroker> {
  const port = await freePort();
  const child = await started(process.execPath, [inBench('lib/aedes-node.ts'), String(port)], port);
  const note = `aedes ${versionOf('node_modules/aedes/package.json')}: default settings, on node:net with noDelay`;
  return { name: 'aedes', pid: child.pid, port, note, stop: () => child.stop() };
}

export async function startMosquitto(): Promise<RunningBroker> {
  const broker = await Mosquitto.start({ config: MOSQUITTO_SETTINGS });
  const { pid, port } = broker;
  pin(pid, MEASURED_CORE);
  const settings = MOSQUITTO_SETTINGS.map((setting) => `\`${setting}\``).join(', ');
  const note = `Mosquitto ${mosquittoVersion()}: default settings but ${settings}`;
  return { name: 'Mosquitto', pid, port, note, stop: () => broker[Symbol.asyncDispose]() };
}

async function started(program: string, args: readonly string[], port: number): Promise<Child> {
  const child = new Child(program, args);
  await child.until(() => accepts(port));
  pin(child.pid, MEASURED_CORE);
  return child;
}

function mosquittoVersion(): string {
  return /version (\S+)/.exec(spawnSync('mosquitto', ['-h'], { encoding: 'utf8' }).stdout)?.[1] ?? 'of unknown version';
}

function inBench(file: string): string {
  return join(import.meta.dirname, '..', file);
}
