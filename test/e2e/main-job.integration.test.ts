import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { eventually, tempDir } from '@millrace/testkit';
import { NodeProcess } from './node-process.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'apps', 'server', 'src', 'main.ts');
const SHIPPED = join(ROOT, 'etc', 'millrace.conf');

const REPORT = '{"action":"unlock","battery":12,"lock_state":0}';

function publish(port: number, topic: string, payload: string, clientId = 'lock-1'): Promise<unknown> {
  return run('mosquitto_pub', ['-p', String(port), '-i', clientId, '-q', '1', '-t', topic, '-m', payload]);
}

async function millrace(...parameters: readonly string[]): Promise<string> {
  return (await run(process.execPath, [MAIN, ...parameters])).stdout;
}

test('does the main job with the shipped configuration', async () => {
  await using directory = await tempDir();
  const dataDir = join(directory.path, 'data');
  await using node = await NodeProcess.start({ dataDir, configFile: SHIPPED });
  const alert = run('mosquitto_sub', ['-p', String(node.mqttPort), '-t', 'devices/+/alerts', '-C', '1', '-W', '10']);
  await eventually(async () => (await node.api<{ data: unknown[] }>('/subscriptions')).data.length > 0);

  await publish(node.mqttPort, 'devices/lock-1/state', REPORT);

  const { stdout: alerted } = await alert;
  await eventually(async () => (await node.metrics('actions', 'sqlite:lock_states'))['success'] === 1);
  const rules = await millrace('ctl', '--data', dataDir, 'rules');
  const actions = JSON.parse(await millrace('ctl', '--data', dataDir, '--json', 'actions')) as readonly {
    status: string;
  }[];
  const exitCode = await node.stop();

  const database = new DatabaseSync(join(dataDir, 'locks.db'));
  const rows = database.prepare('SELECT client_id, action, battery, lock_state FROM lock_states').all();
  database.close();
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ client_id: 'lock-1', action: 'unlock', battery: 12, lock_state: 0 }],
  );
  assert.match(alerted, /"alert":"low_battery","battery":12/);
  assert.match(rules, /lock_state +yes +devices\/\+\/state +1 +1 +0 +0 +1 +0/);
  assert.equal(actions[0]?.status, 'connected');
  assert.equal(exitCode, 0);
});

test('keeps the first password and the key of ctl for the owner only', async () => {
  await using directory = await tempDir();
  const dataDir = join(directory.path, 'data');
  await using node = await NodeProcess.start({ dataDir, configFile: SHIPPED });

  const password = readFileSync(join(dataDir, 'initial-admin-password'), 'utf8').trim();
  const login = await fetch(`${node.apiUrl}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const modes = ['initial-admin-password', 'ctl.json', 'users.json'].map(
    (file) => statSync(join(dataDir, file)).mode & 0o777,
  );
  await node.stop();

  assert.equal(login.status, 200);
  assert.deepEqual(modes, [0o600, 0o600, 0o600]);
  assert.equal(node.output.filter((line) => line.includes(password)).length, 1, 'shown once, to the terminal');
});

test('keeps what the API changed over a restart', async () => {
  await using directory = await tempDir();
  await using node = await NodeProcess.start({ dataDir: join(directory.path, 'data'), configFile: SHIPPED });
  await node.api('/rules', {
    method: 'POST',
    body: { id: 'mine', sql: 'SELECT * FROM "t/#"', actions: [{ function: 'console' }] },
  });
  await node.api('/rules/low_battery', { method: 'PUT', body: { enable: false } });
  await node.api('/rules/lock_state', { method: 'DELETE' });
  await node.kill();

  await using again = await node.restart();
  const { data } = await again.api<{ data: readonly { id: string; enable: boolean }[] }>('/rules');
  await again.stop();

  assert.deepEqual(Object.fromEntries(data.map(({ id, enable }) => [id, enable])), { low_battery: false, mine: true });
});

test('keeps the counters of an action over kill -9', async () => {
  await using directory = await tempDir();
  await using node = await NodeProcess.start({ dataDir: join(directory.path, 'data'), configFile: SHIPPED });
  const ids = ['lock-1', 'lock-2', 'lock-3', 'lock-4', 'lock-5'];
  await Promise.all(ids.map((id) => publish(node.mqttPort, `devices/${id}/state`, REPORT, id)));
  await eventually(async () => (await node.metrics('actions', 'sqlite:lock_states'))['success'] === 5);
  await node.kill();

  await using again = await node.restart();
  const metrics = await again.metrics('actions', 'sqlite:lock_states');
  await again.stop();

  assert.equal(metrics['matched'], 5);
  assert.equal(metrics['success'], 5);
});

test('refuses a data directory in use and an address in use, and says what to do', async () => {
  await using directory = await tempDir();
  const dataDir = join(directory.path, 'data');
  await using node = await NodeProcess.start({ dataDir, configFile: SHIPPED });

  const sameData = await failure('start', '--config', SHIPPED, '--data', dataDir);
  const otherData = join(directory.path, 'other');
  const samePort = await failure(
    'start',
    '--config',
    SHIPPED,
    '--data',
    otherData,
    '--set',
    `listeners.tcp.default.bind="127.0.0.1:${node.mqttPort}"`,
    '--set',
    'dashboard.listeners.http.bind="127.0.0.1:0"',
    '--set',
    'listeners.ws.default.enable=false',
  );
  await node.stop();

  assert.match(
    sameData,
    /data directory .* is in use by process \d+; stop that node, or start this one with another --data/,
  );
  assert.match(samePort, new RegExp(`127.0.0.1:${node.mqttPort} is already in use`));
});

async function failure(...parameters: readonly string[]): Promise<string> {
  try {
    await millrace(...parameters);
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return String(error.stderr);
    throw error;
  }
  throw new Error('it started');
}
