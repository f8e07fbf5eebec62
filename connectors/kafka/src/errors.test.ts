import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotConnectedError } from '@millrace/contract';
import { AuthenticationError, NetworkError, protocolErrors } from '@platformatic/kafka';
import { connectionLost, loginRefused, nameOf, unreachable, type Verdict, verdictOf } from './errors.ts';

const BROKER = { host: 'kafka', port: 9092 };

const verdicts: Readonly<Record<Verdict, readonly number[]>> = {
  taken: [0, 46],
  retry: [-1, 2, 7, 19, 20, 21, 35, 42, 76, 89, 9999],
  moved: [3, 5, 6, 8, 9, 13, 56, 72, 74],
  forbidden: [29, 31],
  sequence: [45, 47, 49, 59],
  too_large: [10, 18],
  rejected: [17, 32, 43, 44, 87],
};

test('every error code of a Produce answer has its verdict', () => {
  for (const [verdict, codes] of Object.entries(verdicts)) {
    for (const code of codes) assert.equal(verdictOf(code), verdict, String(code));
  }
});

test('codes have the names that Kafka gives them', () => {
  const names = new Map(Object.values(protocolErrors).map(({ id, code }) => [code, id]));
  for (const code of Object.values(verdicts).flat()) {
    if (code === 9999) assert.equal(nameOf(code), 'error 9999');
    else if (code > 0) assert.equal(nameOf(code), names.get(code), String(code));
  }
});

test('a failed login and a dead broker are told apart', () => {
  const refused = loginRefused(BROKER, new AuthenticationError('SASL failed', { cause: new Error('bad credentials') }));
  const dead = unreachable(BROKER, new Error('connect ECONNREFUSED'));

  assert.ok(refused instanceof NotConnectedError);
  assert.equal(refused.code, 'KAFKA_AUTHENTICATION_FAILED');
  assert.match(refused.message, /kafka:9092.*bad credentials.*check authentication/);
  assert.equal(dead.code, 'KAFKA_UNREACHABLE');
  assert.match(dead.message, /kafka:9092.*ECONNREFUSED.*bootstrap_hosts/);
});

test('an error of the token endpoint passes through', () => {
  const ours = new NotConnectedError('KAFKA_AUTHENTICATION_FAILED', 'The token endpoint answered 401');
  const wrapped = new AuthenticationError('provider threw', { cause: ours });

  assert.equal(loginRefused(BROKER, wrapped), ours);
  assert.equal(unreachable(BROKER, ours), ours);
});

test('a lost connection says why', () => {
  assert.match(
    connectionLost(BROKER, new NetworkError('Connection error', { cause: new Error('ECONNRESET') })).message,
    /ECONNRESET/,
  );
  assert.match(connectionLost(BROKER, undefined).message, /connection closed/);
});
