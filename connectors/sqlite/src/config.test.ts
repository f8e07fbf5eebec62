import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorConfig, sinkParameters } from './config.ts';

test('a file is all that a connector needs', () => {
  assert.deepEqual(connectorConfig.parse({ database: 'locks.db' }), {
    database: 'locks.db',
    journal_mode: 'wal',
    synchronous: 'full',
    busy_timeout: 5000,
  });
});

for (const database of ['', ':memory:', 'file:locks.db?mode=ro']) {
  test(`refuses the database "${database}"`, () => {
    assert.match(reason(connectorConfig.safeParse({ database })), /write the path of a file/);
  });
}

test('reads the statement once', () => {
  const { sql } = sinkParameters.parse({ sql: 'INSERT INTO t (a) VALUES (${clientid})' });

  assert.equal(sql.sql, 'INSERT INTO t (a) VALUES (?)');
  assert.deepEqual(sql.parameters, [['clientid']]);
});

const REFUSED: readonly (readonly [sql: string, message: RegExp])[] = [
  ['SELECT 1', /SELECT does not write rows/],
  ['DROP TABLE t', /DROP does not write rows/],
  ["INSERT INTO t VALUES ('${a}')", /stands in quotes/],
  ['INSERT INTO t VALUES (:a)', /`:a` is a bind parameter/],
];

for (const [sql, message] of REFUSED) {
  test(`refuses ${sql}`, () => {
    assert.match(reason(sinkParameters.safeParse({ sql })), message);
  });
}

function reason(result: { readonly error?: { readonly issues: readonly { readonly message: string }[] } }): string {
  return result.error?.issues[0]?.message ?? 'accepted';
}
