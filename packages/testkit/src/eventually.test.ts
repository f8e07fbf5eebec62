import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { tempDir } from './temp-dir.ts';

test('gives back the first truthy answer', async () => {
  let calls = 0;

  assert.equal(await eventually(() => (++calls === 3 ? 'third' : undefined), { intervalMs: 1 }), 'third');
});

test('a probe that throws is asked again', async () => {
  let calls = 0;
  const probe = () => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return Promise.resolve(calls);
  };

  assert.equal(await eventually(probe, { intervalMs: 1 }), 3);
});

test('a failure names what was waited for and the last reason', async () => {
  const options = { timeoutMs: 5, intervalMs: 1, what: 'the row' };

  await assert.rejects(
    eventually(() => Promise.reject(new Error('no such table')), options),
    /waited 5 ms for the row in vain: no such table/,
  );
  await assert.rejects(
    eventually(() => 0, options),
    /last answer: 0/,
  );
});

test('a temporary directory goes with what is in it', async () => {
  const directory = await tempDir('own');
  writeFileSync(join(directory.path, 'file'), 'x');

  await directory[Symbol.asyncDispose]();

  assert.equal(existsSync(directory.path), false);
});
