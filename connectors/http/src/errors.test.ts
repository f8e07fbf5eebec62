import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotConnectedError, RecoverableError, UnrecoverableError } from '@millrace/contract';
import { answerError, ConnectFailure, translate } from './errors.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function fault(status: number, retryAfter?: string) {
  return answerError({ status, retryAfter }, 'POST host', NOW);
}

for (const status of [200, 201, 204, 299]) {
  test(`${status} is success`, () => {
    assert.equal(fault(status), undefined);
  });
}

for (const status of [408, 425, 429, 500, 502, 503, 504]) {
  test(`${status} is tried again`, () => {
    assert.ok(fault(status) instanceof RecoverableError);
  });
}

for (const status of [301, 304, 400, 401, 403, 404, 405, 409, 413, 422, 501, 505]) {
  test(`${status} is final and named`, () => {
    const error = fault(status);

    assert.ok(error instanceof UnrecoverableError);
    assert.match(error.message, new RegExp(`POST host was answered with status ${status}`));
  });
}

const WAITS: readonly (readonly [text: string, ms: number | undefined])[] = [
  ['7', 7000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2015 00:00:30 GMT', 0],
  ['999999999', 3_600_000],
  ['soon', undefined],
];

for (const [text, ms] of WAITS) {
  test(`Retry-After: ${text} waits ${ms} ms`, () => {
    const error = fault(503, text);

    assert.ok(error instanceof RecoverableError);
    assert.equal(error.retryAfterMs, ms);
  });
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('what the client throws has a class', () => {
  assert.ok(translate(new ConnectFailure('refused'), 'x') instanceof NotConnectedError);
  assert.ok(translate(coded('UND_ERR_DESTROYED'), 'x') instanceof NotConnectedError);
  for (const code of ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'HPE_INVALID_CONSTANT']) {
    const error = translate(coded(code), 'x');
    assert.ok(error instanceof RecoverableError && !(error instanceof NotConnectedError), code);
  }
  assert.ok(translate(coded('UND_ERR_INVALID_ARG'), 'x') instanceof UnrecoverableError);
});

test('a bug stays what it is', () => {
  const bug = new TypeError('x is not a function');

  assert.equal(translate(bug, 'x'), bug);
});
