import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { NotConnectedError, RecoverableError, UnhealthyTargetError, UnrecoverableError } from '@millrace/contract';
import { eventually, patience, SinkDriver, type TempDir, tempDir } from '@millrace/testkit';
import { sqlite } from './index.ts';

const PARAMETERS = {
  create_table: 'CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, action TEXT, battery INTEGER)',
  sql: 'INSERT INTO t (id, action, battery) VALUES (${id}, ${payload.action}, ${payload.battery})',
};

let directory: TempDir;
let path: string;
const drivers: SinkDriver[] = [];

beforeEach(async () => {
  directory = await tempDir('sqlite');
  path = join(directory.path, 'test.db');
});

afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver[Symbol.asyncDispose]()));
  await directory[Symbol.asyncDispose]();
});

function makeDriver(parameters: object = PARAMETERS): SinkDriver {
  const driver = new SinkDriver(sqlite, { connector: { database: path }, parameters });
  drivers.push(driver);
  return driver;
}

function connected(): Promise<SinkDriver> {
  return makeDriver().open();
}

function rows(): readonly unknown[] {
  using reader = new DatabaseSync(path, { readOnly: true });
  return reader
    .prepare('SELECT * FROM t')
    .all()
    .map((row) => Object.values(row));
}

test('steps into a JSON payload and writes NULL for what is missing', async () => {
  const driver = await connected();

  await driver.write([{ id: 1, payload: Buffer.from('{"action":"open"}') }]);

  assert.deepEqual(rows(), [[1, 'open', null]]);
});

test('names the rows that were refused', async () => {
  const driver = await connected();

  const rejections = await driver.write([{ id: 1 }, { id: 1 }, { id: 'no number' }, { id: 2 }]);

  assert.deepEqual(
    rejections.map(({ index }) => index),
    [1, 2],
  );
  assert.ok(rejections.every(({ error }) => error instanceof UnrecoverableError));
  assert.equal(rows().length, 2);
});

test('a missing table makes the target unhealthy, and preparing again heals it', async () => {
  const driver = makeDriver({ sql: PARAMETERS.sql });
  await assert.rejects(driver.open(), UnhealthyTargetError);
  {
    using other = new DatabaseSync(path);
    other.exec(PARAMETERS.create_table);
  }

  await driver.sink.prepare?.(patience());
  await driver.write([{ id: 1 }]);

  assert.equal(rows().length, 1);
});

test('an abort while another process holds the lock ends at once and writes nothing', async () => {
  const driver = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');

  await assert.rejects(driver.write([{ id: 1 }], patience(100)), {
    code: 'SQLITE_TIMEOUT',
    recoverable: true,
  });
  other.exec('ROLLBACK');
  await driver.link.check(patience());

  assert.deepEqual(rows(), []);
});

test('a close under load ends at once, and what was not written is not acknowledged', async () => {
  const driver = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const writes = [1, 2, 3].map((id) => driver.write([{ id }]));

  const settled = Promise.allSettled(writes);
  await driver.link.close();

  for (const result of await settled)
    assert.ok(result.status === 'rejected' && result.reason instanceof RecoverableError);
  assert.deepEqual(rows(), []);
  assert.deepEqual(driver.losses, []);
});

test('opens again after a close, with the same sink', async () => {
  const driver = await connected();
  await driver.link.close();
  await assert.rejects(driver.write([{ id: 1 }]), NotConnectedError);
  await driver.link.close();

  await driver.open();
  await driver.write([{ id: 1 }]);

  assert.equal(rows().length, 1);
});

test('says at the next check that the file is gone', async () => {
  const driver = await connected();
  await directory[Symbol.asyncDispose]();

  await assert.rejects(driver.link.check(patience()), (error: unknown) => {
    assert.ok(error instanceof NotConnectedError);
    assert.equal(error.code, 'SQLITE_FILE_GONE');
    return true;
  });
});

test('the event loop turns while the database waits', async () => {
  const driver = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;

  const write = driver.write([{ id: 1 }]);
  await eventually(() => (turns += 1) > 5);
  other.exec('ROLLBACK');
  await write;

  assert.equal(rows().length, 1);
});

test('the statements of the README are accepted', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const statements = [...readme.matchAll(/\bsql = """([^]*?)"""/g)].map((found) => found[1]);

  assert.ok(statements.length > 0);
  for (const sql of statements) sqlite.sink?.parameters.parse({ sql });
});

test('a table that is dropped shows at the next check, and is made again', async () => {
  const driver = await connected();
  {
    using other = new DatabaseSync(path);
    other.exec('DROP TABLE t');
  }

  await assert.rejects(async () => driver.sink.check?.(patience()), UnhealthyTargetError);

  await driver.sink.prepare?.(patience());
  await driver.sink.check?.(patience());
  assert.deepEqual(rows(), []);
});
