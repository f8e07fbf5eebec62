import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createRecordsBatch,
  produceV3,
  produceV7,
  produceV8,
  produceV9,
  produceV11,
  Reader,
  Writer,
} from '@platformatic/kafka';
import { decodeAnswer, encodeHead, encodeTail } from './produce.ts';

const message = {
  topic: 'orders',
  partition: 3,
  key: Buffer.from('k'),
  value: Buffer.alloc(300, 'v'),
  timestamp: 1000n,
};

test('requests are what another encoder makes of them, in all versions', () => {
  for (const [version, { createRequest }] of [
    [3, produceV3],
    [7, produceV7],
    [8, produceV8],
    [9, produceV9],
    [11, produceV11],
  ] as const) {
    const batch = createRecordsBatch([{ ...message }]).buffer;
    const head = encodeHead({ version, topic: 'orders', partition: 3, acks: -1, timeoutMs: 5000 }, batch.length);

    const request = Buffer.concat([head, batch, encodeTail(version)]);

    assert.equal(
      request.toString('hex'),
      createRequest(-1, 5000, [{ ...message }]).buffer.toString('hex'),
      `v${version}`,
    );
  }
});

test('answers of old brokers are read', () => {
  const answer = Writer.create()
    .appendArray(
      ['orders'],
      (w, topic) => {
        w.appendString(topic, false).appendArray([6], (p, code) => place(p, code).appendInt64(0n), false, false);
      },
      false,
      false,
    )
    .appendInt32(250);

  assert.deepEqual(decodeAnswer(7, Reader.from(answer)), { errorCode: 6, message: undefined, throttleMs: 250 });
});

test('the reason of a bad record is read, and what stands behind it', () => {
  const answer = compactAnswer(87, [[4, 'key missing']], 'one or more records were refused');

  assert.deepEqual(decodeAnswer(11, Reader.from(answer)), {
    errorCode: 87,
    message: 'record 4: key missing',
    throttleMs: 250,
  });
});

test('the reason of a batch is read when no record has one', () => {
  const answer = compactAnswer(44, [], 'policy');

  assert.equal(decodeAnswer(9, Reader.from(answer)).message, 'policy');
});

function place(writer: Writer, code: number): Writer {
  return writer.appendInt32(3).appendInt16(code).appendInt64(0n).appendInt64(-1n);
}

function compactAnswer(code: number, records: readonly (readonly [number, string])[], reason: string): Writer {
  return Writer.create()
    .appendArray(['orders'], (w, topic) => {
      w.appendString(topic).appendArray([code], (p, errorCode) => {
        place(p, errorCode).appendInt64(0n);
        p.appendArray([...records], (r, [index, text]) => r.appendInt32(index).appendString(text)).appendString(reason);
      });
    })
    .appendInt32(250)
    .appendTaggedFields();
}
