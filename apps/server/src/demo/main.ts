import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import mqtt from 'mqtt';
import { Lock } from './lock.ts';

interface DemoOptions {
  readonly url: string;
  readonly locks: string;
  readonly rate: string;
  readonly seconds?: string;
}

/** `npm run demo`: smart door locks that report to a running node, or to one that the demo starts itself. */
const program = new Command('demo')
  .description('simulate smart door locks against a running node, or start one')
  .option('--url <url>', 'MQTT address of the node', 'mqtt://127.0.0.1:1883')
  .option('--locks <n>', 'number of locks', '20')
  .option('--rate <n>', 'reports per second, all locks together', '10')
  .option('--seconds <n>', 'stop after so many seconds')
  .action(run);

await program.parseAsync();

async function run(options: DemoOptions): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  if (options.seconds !== undefined) setTimeout(() => stopping.abort(), Number(options.seconds) * 1000).unref();

  const node = (await answers(options.url)) ? undefined : startNode(options.url);
  const clients: mqtt.MqttClient[] = [];
  try {
    await waitFor(options.url, stopping.signal);
    const locks = Array.from(
      { length: Number(options.locks) },
      (_, index) => new Lock(`lock-${index + 1}`, Math.random),
    );
    clients.push(await watchAlerts(options.url));
    const senders = await Promise.all(
      locks.map(async (lock) => ({ lock, client: await connect(options.url, lock.id) })),
    );
    clients.push(...senders.map(({ client }) => client));
    process.stdout.write(`${locks.length} locks report to ${options.url}; stop with Ctrl-C\n`);
    await report(senders, Number(options.rate), stopping.signal);
  } finally {
    await Promise.all(clients.map((client) => client.endAsync()));
    node?.kill('SIGTERM');
  }
}

async function report(
  senders: readonly { readonly lock: Lock; readonly client: mqtt.MqttClient }[],
  rate: number,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  while (!signal.aborted) {
    const sender = senders[Math.floor(Math.random() * senders.length)];
    if (sender === undefined) return;
    await sender.client.publishAsync(sender.lock.topic, sender.lock.move(), { qos: 1 });
    sent += 1;
    if (sent % (rate * 10) === 0) process.stdout.write(`${sent} reports sent\n`);
    await sleep(1000 / rate, undefined, { signal }).catch(() => undefined);
  }
  process.stdout.write(`${sent} reports sent\n`);
}

async function watchAlerts(url: string): Promise<mqtt.MqttClient> {
  const client = await connect(url, `demo-alerts-${process.pid}`);
  client.on('message', (topic, payload) => process.stdout.write(`alert on ${topic}: ${payload.toString()}\n`));
  await client.subscribeAsync('devices/+/alerts', { qos: 1 });
  return client;
}

function connect(url: string, clientId: string): Promise<mqtt.MqttClient> {
  return mqtt.connectAsync(url, { clientId, connectTimeout: 5000, reconnectPeriod: 1000 });
}

async function answers(url: string): Promise<boolean> {
  try {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, connectTimeout: 2000 }, false);
    await client.endAsync();
    return true;
  } catch {
    return false;
  }
}

async function waitFor(url: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 60 && !signal.aborted; attempt++) {
    if (await answers(url)) return;
    await sleep(250);
  }
  throw new Error(`no MQTT broker answers at ${url}`);
}

function startNode(url: string): ReturnType<typeof spawn> {
  process.stdout.write(`nothing answers at ${url}: starting a node\n`);
  const main = new URL('../main.ts', import.meta.url).pathname;
  return spawn(process.execPath, [main, 'start'], { stdio: 'inherit' });
}
