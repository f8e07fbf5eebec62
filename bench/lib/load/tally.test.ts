import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stampedPayload, writeSequence } from './stamp.ts';
import { SequenceCheck, Tally } from './tally.ts';

function receive(...messages: readonly (readonly [publisher: number, sequence: number])[]): Tally {
  const tally = new Tally();
  const check = new SequenceCheck(tally, 0, 2);
  for (const [publisher, sequence] of messages) {
    const { bytes, stampAt } = stampedPayload('filler', 16, publisher);
    writeSequence(bytes, stampAt, sequence);
    check.received(bytes, 0);
  }
  return tally;
}

test('the order of each publisher counts, not the one between them', () => {
  const { delivered, disordered } = receive([0, 0], [1, 0], [1, 1], [0, 1]);

  assert.deepEqual([delivered, disordered], [4, 0]);
});

test('a message that comes twice or behind a later one is disordered', () => {
  const { delivered, disordered } = receive([0, 0], [0, 2], [0, 1], [0, 2]);

  assert.deepEqual([delivered, disordered], [4, 2]);
});
