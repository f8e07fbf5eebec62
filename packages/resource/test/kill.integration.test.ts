import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ResourceManager } from '../src/index.ts';
import { counterConnector, silentLog } from './counter-connector.ts';

const ROUNDS = 6;

test('kill -9 at any moment loses nothing that was acknowledged and keeps order and counters', {
  timeout: 60_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  const delivered: number[] = [];
  const expected: number[] = [];
  let next = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const output = await publishAndKill(dataDir, next, round % 2 === 1, 150 + round * 70);
    delivered.push(...output.delivered);
    next += 1_000_000;
    expected.push(...range(output.acknowledged));
  }

  const manager = new ResourceManager({
    definitions: [counterConnector((number) => delivered.push(number))],
    node: 'n',
    dataDir,
    log: silentLog,
  });
  await manager.putConnector('counter', 'c', {});
  await manager.putAction('counter', 'a', { connector: 'c', parameters: {} });
  while (manager.metrics('counter:a').queuing + manager.metrics('counter:a').inflight > 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { matched, success } = manager.metrics('counter:a');
  await manager.close();
  rmSync(dataDir, { recursive: true });

  const distinct = new Set(delivered);
  assert.ok(expected.length > 0);
  assert.deepEqual(
    expected.filter((number) => !distinct.has(number)),
    [],
  );
  assert.equal(matched, success);
  assert.equal(success, distinct.size);
  const firsts = [...distinct];
  assert.deepEqual(
    firsts,
    firsts.toSorted((one, other) => one - other),
  );
});

/** All numbers from the first of a run to the last acknowledged one. */
function range(acknowledged: readonly number[]): number[] {
  const last = Math.max(...acknowledged);
  const first = Math.floor(last / 1_000_000) * 1_000_000 + 1;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

async function publishAndKill(dataDir: string, first: number, delivers: boolean, lifeMs: number) {
  const script = fileURLToPath(import.meta.resolve('./publisher.ts'));
  const child = spawn(process.execPath, [script, dataDir, String(first), delivers ? 'yes' : 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), lifeMs);
  await once(child, 'close');
  const lines = text.split('\n').slice(0, -1);
  const numbers = (isDelivery: boolean) =>
    lines.filter((line) => line.startsWith('d') === isDelivery).map((line) => Number(line.replace('d', '')));
  return { acknowledged: numbers(false), delivered: numbers(true) };
}
