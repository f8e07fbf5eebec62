import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, phash2 } from './hash.ts';

const ERLANG: readonly (readonly [key: string, hash: number])[] = [
  ['', 13708901],
  ['a', 112802447],
  ['ab', 127597802],
  ['abc', 98228475],
  ['clientid', 4962315],
  ['device-1', 117739401],
  ['0123456789ab', 115360506],
  ['0123456789abc', 67923675],
];

// From the tests of Kafka's Java client (signed there), made positive.
const JAVA: readonly (readonly [key: string, hash: number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
];

test('phash2 agrees with Erlang', () => {
  for (const [key, hash] of ERLANG) assert.equal(phash2(Buffer.from(key)), hash, key);
});

test('murmur2 agrees with Java', () => {
  for (const [key, hash] of JAVA) assert.equal(murmur2(Buffer.from(key)), hash & 0x7fffffff, key);
});

test('both hash a part of a larger buffer', () => {
  const bytes = Buffer.from('xx0123456789abcyy');

  assert.equal(phash2(bytes, 2, 15), 67923675);
  assert.equal(murmur2(bytes, 2, 15), murmur2(Buffer.from('0123456789abc')));
});
