import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { DataDirectoryLockedError, DataLock } from './data-lock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('refuses a second node on the same data directory', () => {
  const lock = DataLock.acquire(directory);

  assert.throws(() => DataLock.acquire(directory), DataDirectoryLockedError);

  lock.release();
  DataLock.acquire(directory).release();
});

test('takes over the lock of a process that is gone', () => {
  writeFileSync(join(directory, 'millrace.lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }));

  DataLock.acquire(directory).release();
});

test('takes over a lock whose process id now belongs to another program', () => {
  writeFileSync(join(directory, 'millrace.lock'), JSON.stringify({ pid: process.ppid, startedAt: '1' }));

  DataLock.acquire(directory).release();
});

test('takes over a torn lock file', () => {
  writeFileSync(join(directory, 'millrace.lock'), '{"pid":');

  DataLock.acquire(directory).release();
});
