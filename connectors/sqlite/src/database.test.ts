import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { RecordWriter } from '@millrace/contract';
import { type TempDir, tempDir } from '@millrace/testkit';
import type { Value } from '@millrace/values';
import { Database, DatabaseFailure } from './database.ts';
import type { SqliteErrorCode } from './errors.ts';
import { writeParameter } from './parameter.ts';
import type { Cancelled } from './protocol.ts';

const INSERT = 'INSERT INTO t (id, name) VALUES (?, ?)';
const CREATE = 'CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)';
const PARAMETERS = JSON.stringify([['id'], ['name']]);

let directory: TempDir;
let path: string;
let database: Database;

beforeEach(async () => {
  directory = await tempDir('sqlite');
  path = join(directory.path, 'deep', 'test.db');
  database = open();
});

afterEach(async () => {
  database.close();
  await directory[Symbol.asyncDispose]();
});

function open(busyTimeoutMs = 0): Database {
  return new Database({ path, journalMode: 'wal', synchronous: 'normal', busyTimeoutMs });
}

function notCancelled(): Cancelled {
  return new Int32Array(new SharedArrayBuffer(4));
}

function prepare(sql = INSERT, createTable: string | undefined = CREATE): void {
  database.prepare({ statement: 1, sql, parameters: PARAMETERS, createTable }, notCancelled());
}

function write(rows: readonly (readonly Value[])[], parameters = PARAMETERS, cancelled = notCancelled()) {
  const record = new RecordWriter();
  const ends = rows.map((row) => {
    record.writePrefixed(parameters);
    for (const value of row) writeParameter(value, record);
    return record.position;
  });
  return database.write(
    { statement: 1, bytes: new Uint8Array(record.buffer.subarray(0, record.position)), ends },
    cancelled,
  );
}

function stored(): readonly unknown[] {
  using reader = new DatabaseSync(path, { readOnly: true });
  return reader
    .prepare('SELECT id, name FROM t ORDER BY rowid')
    .all()
    .map((row) => [row['id'], row['name']]);
}

function failsWith(code: SqliteErrorCode, message = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof DatabaseFailure, String(error));
    assert.equal(error.failure.code, code);
    assert.match(error.failure.message, message);
    return true;
  };
}

test('makes the directory, the file and the table, and writes rows in order', () => {
  prepare();

  assert.deepEqual(
    write([
      [1, 'a'],
      [2, 'b'],
    ]),
    [],
  );

  assert.deepEqual(stored(), [
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('a row that breaks a constraint is refused alone', () => {
  prepare();

  const refused = write([
    [1, 'a'],
    [1, 'twice'],
    [2, null],
    [3, 'c'],
  ]);

  assert.deepEqual(
    refused.map(({ index, code }) => [index, code]),
    [
      [1, 'SQLITE_CONSTRAINT'],
      [2, 'SQLITE_CONSTRAINT'],
    ],
  );
  assert.match(refused[0]?.message ?? '', /UNIQUE constraint failed: t\.id/);
  assert.deepEqual(stored(), [
    [1, 'a'],
    [3, 'c'],
  ]);
});

test('a refused row that rolls back the transaction does not take the others with it', () => {
  prepare('INSERT OR ROLLBACK INTO t (id, name) VALUES (?, ?)');

  const refused = write([
    [1, 'a'],
    [1, 'twice'],
    [2, 'b'],
    [2, 'twice'],
  ]);

  assert.deepEqual(
    refused.map(({ index }) => index),
    [1, 3],
  );
  assert.deepEqual(stored(), [
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('a missing table is a bad statement', () => {
  assert.throws(() => prepare(INSERT, ''), failsWith('SQLITE_BAD_STATEMENT', /no such table: t/));
});

test('a table that goes while records flow keeps them for later', () => {
  prepare();
  using other = new DatabaseSync(path);
  other.exec('DROP TABLE t');

  assert.throws(() => write([[1, 'a']]), failsWith('SQLITE_TARGET_CHANGED', /no such table/));
});

test('a held lock is busy and nothing of the batch stays', () => {
  prepare();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');

  assert.throws(() => write([[1, 'a']]), failsWith('SQLITE_BUSY'));
  other.exec('ROLLBACK');

  assert.deepEqual(write([[1, 'a']]), []);
  assert.deepEqual(stored(), [[1, 'a']]);
});

test('a cancelled write leaves nothing behind', () => {
  prepare();
  const cancelled = notCancelled();
  cancelled[0] = 1;

  assert.throws(() => write([[1, 'a']], PARAMETERS, cancelled), failsWith('SQLITE_TIMEOUT'));

  assert.deepEqual(stored(), []);
});

test('records of an earlier statement are bound by name, and NULL where it had none', () => {
  prepare('INSERT INTO t (id, name) VALUES (?, ifnull(?, 0))');

  write([['old', 7]], JSON.stringify([['name'], ['id']]));
  write([[8]], JSON.stringify([['id']]));

  assert.deepEqual(stored(), [
    [7, 'old'],
    [8, '0'],
  ]);
});

test('a full database is recoverable', () => {
  prepare();
  database.prepare(
    { statement: 2, sql: 'DELETE FROM t', parameters: '[]', createTable: 'PRAGMA max_page_count = 3' },
    notCancelled(),
  );

  assert.throws(() => write([[1, 'x'.repeat(100_000)]]), failsWith('SQLITE_FULL'));
});

test('a check notices that the file is gone', () => {
  database.check();
  rmSync(path);

  assert.throws(() => database.check(), failsWith('SQLITE_FILE_GONE', /removed or replaced/));
});

test('a file that cannot be opened says why', () => {
  path = directory.path;
  assert.throws(() => open(), failsWith('SQLITE_CANNOT_OPEN', /unable to open/));
  path = join(directory.path, 'text.db');
  writeFileSync(path, 'this is no database file, and long enough to be read as one. '.repeat(20));
  assert.throws(() => open(), failsWith('SQLITE_CANNOT_OPEN', /not a database/));
  path = join(directory.path, 'text.db', 'below.db');
  assert.throws(() => open(), failsWith('SQLITE_CANNOT_OPEN'));
  mkdirSync(join(directory.path, 'fine'));
});
