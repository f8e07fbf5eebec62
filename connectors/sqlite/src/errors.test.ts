import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotConnectedError, RecoverableError, UnhealthyTargetError, UnrecoverableError } from '@millrace/contract';
import { classify, deliveryError, SQLITE_ERRORS, type SqliteErrorCode } from './errors.ts';

/** Extended result codes of SQLite and what they mean to us. */
const RESULTS: readonly (readonly [errcode: number, name: string, code: SqliteErrorCode])[] = [
  [5, 'BUSY', 'SQLITE_BUSY'],
  [261, 'BUSY_RECOVERY', 'SQLITE_BUSY'],
  [517, 'BUSY_SNAPSHOT', 'SQLITE_BUSY'],
  [262, 'LOCKED_SHAREDCACHE', 'SQLITE_BUSY'],
  [7, 'NOMEM', 'SQLITE_UNAVAILABLE'],
  [8, 'READONLY', 'SQLITE_UNAVAILABLE'],
  [778, 'IOERR_WRITE', 'SQLITE_UNAVAILABLE'],
  [11, 'CORRUPT', 'SQLITE_UNAVAILABLE'],
  [13, 'FULL', 'SQLITE_FULL'],
  [14, 'CANTOPEN', 'SQLITE_CANNOT_OPEN'],
  [18, 'TOOBIG', 'SQLITE_ROW_REFUSED'],
  [20, 'MISMATCH', 'SQLITE_ROW_REFUSED'],
  [787, 'CONSTRAINT_FOREIGNKEY', 'SQLITE_CONSTRAINT'],
  [2067, 'CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT'],
];

for (const [errcode, name, code] of RESULTS) {
  test(`${name} is ${code}`, () => {
    assert.equal(classify(Object.assign(new Error(name), { errcode }))?.code, code);
  });
}

test('the generic error is the row, unless it is the table', () => {
  const generic = (message: string) => classify(Object.assign(new Error(message), { errcode: 1 }))?.code;

  assert.equal(generic('no such table: t'), 'SQLITE_TARGET_CHANGED');
  assert.equal(generic('table t has no column named a'), 'SQLITE_TARGET_CHANGED');
  assert.equal(generic('malformed JSON'), 'SQLITE_ROW_REFUSED');
});

test('what SQLite did not throw is not classified', () => {
  assert.equal(classify(new TypeError('x is not a function')), undefined);
});

test('the code decides the class', () => {
  const expected = {
    'not-connected': NotConnectedError,
    recoverable: RecoverableError,
    unrecoverable: UnrecoverableError,
    'unhealthy-target': UnhealthyTargetError,
  };

  for (const [code, entry] of Object.entries(SQLITE_ERRORS)) {
    const error = deliveryError({ code: code as SqliteErrorCode, message: 'm' });
    assert.equal(error.constructor, expected[entry.class], code);
    assert.equal(error.code, code);
  }
});
