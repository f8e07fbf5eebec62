import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import {
  type Batch,
  NotConnectedError,
  RecordWriter,
  RecoverableError,
  type RuleOutput,
  UnhealthyTargetError,
  UnrecoverableError,
} from '@millrace/contract';
import { eventually, type TempDir, tempDir } from '@millrace/testkit';
import { SqliteLink } from './client.ts';
import { connectorConfig, sinkParameters } from './config.ts';
import { SqliteSink } from './sink.ts';

const PARAMETERS = {
  create_table: 'CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, action TEXT, battery INTEGER)',
  sql: 'INSERT INTO t (id, action, battery) VALUES (${id}, ${payload.action}, ${payload.battery})',
};

let directory: TempDir;
let path: string;
let link: SqliteLink;
let lost: Error[];

beforeEach(async () => {
  directory = await tempDir('sqlite');
  path = join(directory.path, 'test.db');
  lost = [];
  link = new SqliteLink(connectorConfig.parse({ database: path }), { lost: (reason) => lost.push(reason) });
});

afterEach(async () => {
  await link.close();
  await directory[Symbol.asyncDispose]();
});

function patience(ms = 5000): AbortSignal {
  return AbortSignal.timeout(ms);
}

function batch(sink: SqliteSink, outputs: readonly RuleOutput[]): Batch {
  const record = new RecordWriter();
  const ends = outputs.map((output) => {
    sink.encode(output, record);
    return record.position;
  });
  const bytes = Buffer.from(record.buffer.subarray(0, record.position));
  const records = ends.map((end, index) => ({ bytes, start: ends[index - 1] ?? 0, end, enqueuedAt: 0 }));
  return { lane: 'database', laneIndex: 0, records, attempt: 1 };
}

async function connected(parameters: object = PARAMETERS): Promise<SqliteSink> {
  await link.connect(patience());
  const sink = new SqliteSink(sinkParameters.parse(parameters), link);
  await sink.prepare(patience());
  return sink;
}

function rows(): readonly unknown[] {
  using reader = new DatabaseSync(path, { readOnly: true });
  return reader
    .prepare('SELECT * FROM t')
    .all()
    .map((row) => Object.values(row));
}

test('steps into a JSON payload and writes NULL for what is missing', async () => {
  const sink = await connected();

  await sink.write(batch(sink, [{ id: 1, payload: Buffer.from('{"action":"open"}') }]), patience());

  assert.deepEqual(rows(), [[1, 'open', null]]);
});

test('names the rows that were refused', async () => {
  const sink = await connected();

  const rejections = await sink.write(batch(sink, [{ id: 1 }, { id: 1 }, { id: 'no number' }, { id: 2 }]), patience());

  assert.deepEqual(
    rejections.map(({ index }) => index),
    [1, 2],
  );
  assert.ok(rejections.every(({ error }) => error instanceof UnrecoverableError));
  assert.equal(rows().length, 2);
});

test('a missing table makes the target unhealthy, and preparing again heals it', async () => {
  await link.connect(patience());
  const sink = new SqliteSink(sinkParameters.parse({ sql: PARAMETERS.sql }), link);
  await assert.rejects(sink.prepare(patience()), UnhealthyTargetError);
  {
    using other = new DatabaseSync(path);
    other.exec(PARAMETERS.create_table);
  }

  await sink.prepare(patience());
  await sink.write(batch(sink, [{ id: 1 }]), patience());

  assert.equal(rows().length, 1);
});

test('an abort while another process holds the lock ends at once and writes nothing', async () => {
  const sink = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');

  await assert.rejects(sink.write(batch(sink, [{ id: 1 }]), patience(100)), {
    code: 'SQLITE_TIMEOUT',
    recoverable: true,
  });
  other.exec('ROLLBACK');
  await link.check(patience());

  assert.deepEqual(rows(), []);
});

test('a close under load ends at once, and what was not written is not acknowledged', async () => {
  const sink = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const writes = [1, 2, 3].map((id) => sink.write(batch(sink, [{ id }]), patience()));

  const settled = Promise.allSettled(writes);
  await link.close();

  for (const result of await settled)
    assert.ok(result.status === 'rejected' && result.reason instanceof RecoverableError);
  assert.deepEqual(rows(), []);
  assert.deepEqual(lost, []);
});

test('opens again after a close, with the same sink', async () => {
  const sink = await connected();
  await link.close();
  await assert.rejects(sink.write(batch(sink, [{ id: 1 }]), patience()), NotConnectedError);
  await link.close();

  await link.connect(patience());
  await sink.prepare(patience());
  await sink.write(batch(sink, [{ id: 1 }]), patience());

  assert.equal(rows().length, 1);
  await sink.close();
});

test('says at the next check that the file is gone', async () => {
  await connected();
  await directory[Symbol.asyncDispose]();

  await assert.rejects(link.check(patience()), (error: unknown) => {
    assert.ok(error instanceof NotConnectedError);
    assert.equal(error.code, 'SQLITE_FILE_GONE');
    return true;
  });
});

test('the event loop turns while the database waits', async () => {
  const sink = await connected();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;

  const write = sink.write(batch(sink, [{ id: 1 }]), patience());
  await eventually(() => (turns += 1) > 5);
  other.exec('ROLLBACK');
  await write;

  assert.equal(rows().length, 1);
});

test('the statements of the README are accepted', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const statements = [...readme.matchAll(/\bsql = """([^]*?)"""/g)].map((found) => found[1]);

  assert.ok(statements.length > 0);
  for (const sql of statements) sinkParameters.parse({ sql });
});
