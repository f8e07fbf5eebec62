import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erlangHash } from './erlang-hash.ts';

/** Lower 27 bits, which are what `erlang:phash2/1` shows. */
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

test('agrees with Erlang', () => {
  for (const [key, hash] of ERLANG) assert.equal(erlangHash(Buffer.from(key)) & 0x07ffffff, hash, key);
});

test('is an unsigned number of 32 bits', () => {
  const hashes = Array.from({ length: 100 }, (_, n) => erlangHash(Buffer.from(`device-${n}`)));

  assert.ok(hashes.every((hash) => Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32));
  assert.ok(hashes.some((hash) => hash >= 2 ** 31));
  assert.equal(erlangHash(Buffer.alloc(0)), 0x08d12e65);
});

test('hashes a part of a larger buffer', () => {
  assert.equal(erlangHash(Buffer.from('xx0123456789abcyy'), 2, 15) & 0x07ffffff, 67923675);
});
