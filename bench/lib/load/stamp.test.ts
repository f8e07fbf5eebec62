import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publisherAt, sequenceAt, stampedPayload, writeSequence } from './stamp.ts';

test('a stamp tells publisher and sequence number, at the beginning of a payload', () => {
  const { bytes, stampAt } = stampedPayload('filler', 64, 499);

  writeSequence(bytes, stampAt, 123_456_789);

  assert.equal(bytes.length, 64);
  assert.equal(publisherAt(bytes, stampAt), 499);
  assert.equal(sequenceAt(bytes, stampAt), 123_456_789);
});

test('a stamped JSON payload stays JSON of its size', () => {
  const { bytes, stampAt } = stampedPayload('json', 200, 7);

  writeSequence(bytes, stampAt, 0x0fff_ffff);

  const { id, temp } = JSON.parse(bytes.toString()) as { id: string; temp: number };
  assert.equal(bytes.length, 200);
  assert.deepEqual([id, temp], ['@@GOOOOOOO', 21.5]);
});

test('a payload without room for its stamp is refused', () => {
  assert.throws(() => stampedPayload('filler', 9, 0), /needs 10 bytes/);
});
