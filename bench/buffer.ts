import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectorDefinition, defineConnector, type Log, type ResourceOptions } from '@millrace/contract';
import { type ActionPort, ResourceManager } from '@millrace/resource';
import { publish, type Section } from './lib/report.ts';
import { type Contender, interleave } from './lib/rounds.ts';

/*
 * What does a record cost in the buffer of an action, beside copying its bytes?
 *
 *   node bench/buffer.ts [--save]
 *
 * "queued": submit and group commit, nothing is sent. "delivered": the same and on to a sink that takes batches of 1000
 * at once, up to the outcome in the ack file. 100 records a turn, as a busy broker reads them; the floor copies the same
 * bytes into buffers of 64 KiB. CPU time counts all threads, so that the system's writing and syncing is in it.
 */

const ROUNDS = 7;
const RECORDS = 50_000;
const RECORDS_PER_TURN = 100;
const SIZES = [64, 256, 1024] as const;
const FLOOR_BYTES = 64 * 1024;

const SETTINGS: readonly (readonly [string, ResourceOptions])[] = [
  ['memory_only', { buffer_mode: 'memory_only' }],
  ['volatile_offload', { buffer_mode: 'volatile_offload' }],
  ['durable, never', { buffer_mode: 'durable', buffer_fsync: 'never' }],
  ['durable, interval', { buffer_mode: 'durable', buffer_fsync: 'interval' }],
  ['durable, always', { buffer_mode: 'durable', buffer_fsync: 'always' }],
];

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const noSchema = {} as ConnectorDefinition['config'];

const counter = defineConnector<unknown, ReturnType<typeof openLink>, unknown>({
  type: 'counter',
  title: 'Counter',
  description: 'Takes everything.',
  config: noSchema,
  open: openLink,
  sink: {
    parameters: noSchema,
    delivery: () => ({ maxBatchRecords: 1000 }),
    create: () => ({
      encode: (output, record) => record.writeBytes(output['payload'] as Uint8Array),
      write: () => Promise.resolve(),
    }),
  },
});

function openLink() {
  return { connect: () => Promise.resolve(), check: () => Promise.resolve(), close: () => Promise.resolve() };
}

async function section(bytes: number): Promise<Section> {
  const payload = Buffer.alloc(bytes, 'x');
  const contenders = SETTINGS.flatMap(([name, options]): Contender[] => [
    { name: `${name}: queued`, round: () => round(payload, options, false) },
    { name: `${name}: delivered`, round: () => round(payload, options, true) },
  ]);
  const floor: Contender = { name: 'copy of the bytes', round: () => copy(payload) };
  return { title: `records of ${bytes} B`, results: await interleave([...contenders, floor], ROUNDS) };
}

async function round(payload: Buffer, options: ResourceOptions, isDelivered: boolean): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const manager = new ResourceManager({ definitions: [counter], node: 'bench', dataDir, log: silent });
  await manager.putConnector('counter', 'c', { enable: true });
  await manager.putAction('counter', 'a', { connector: 'c', parameters: {}, resource_opts: options });
  await manager.verdict('counter', 'c');
  const port = manager.action('counter:a')!;
  const before = process.cpuUsage();
  await (isDelivered ? deliver(manager, port, payload) : queue(manager, port, payload));
  const { user, system } = process.cpuUsage(before);
  await manager.removeAction('counter', 'a');
  await manager.close();
  rmSync(dataDir, { recursive: true, force: true });
  return ((user + system) * 1000) / RECORDS;
}

/** All in one turn of the event loop: the sink gets no chance. */
async function queue(manager: ResourceManager, port: ActionPort, payload: Buffer): Promise<void> {
  for (let sent = 0; sent < RECORDS; sent += RECORDS_PER_TURN) submitTurn(manager, port, payload);
  await opened(manager, port, payload);
}

async function deliver(manager: ResourceManager, port: ActionPort, payload: Buffer): Promise<void> {
  for (let sent = 0; sent < RECORDS; sent += RECORDS_PER_TURN) {
    submitTurn(manager, port, payload);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (manager.metrics('counter:a').success < RECORDS) await new Promise((resolve) => setImmediate(resolve));
}

function submitTurn(manager: ResourceManager, port: ActionPort, payload: Buffer): void {
  const output = { payload };
  for (let index = 0; index < RECORDS_PER_TURN; index++)
    port.submit(output, { clientId: `client${index & 15}`, topic: 't' });
  manager.commit();
}

/** The gate of one more record: when it is open, so are all before it. */
function opened(manager: ResourceManager, port: ActionPort, payload: Buffer): Promise<void> {
  const gate = port.submit({ payload }, { clientId: 'last', topic: 't' });
  manager.commit();
  return new Promise((resolve) => {
    if (gate === undefined) resolve();
    else gate.whenOpen(resolve);
  });
}

function copy(payload: Buffer): number {
  const target = Buffer.alloc(FLOOR_BYTES);
  const before = process.cpuUsage();
  let at = 0;
  for (let index = 0; index < RECORDS; index++) {
    if (at + payload.length > FLOOR_BYTES) at = 0;
    target.set(payload, at);
    at += payload.length;
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / RECORDS;
}

const sections: Section[] = [];
for (const bytes of SIZES) sections.push(await section(bytes));
publish({
  name: 'buffer',
  question: 'What does a record cost in the buffer of an action, beside copying its bytes?',
  unit: 'ns of CPU per record',
  isLessBetter: true,
  sections,
});
