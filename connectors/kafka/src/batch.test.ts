import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncodedRecord } from '@millrace/contract';
import { crc32c } from '@node-rs/crc32';
import { createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka';
import { encodeAll, sinkWith } from '../test/fixtures.ts';
import { BATCH_HEAD, finishBatch, NO_SEQUENCE, recordsBound, writeRecords } from './batch.ts';

const RAW = { topic: 't', message: { key: '${k}', value: '${v}', timestamp: '${ts}' } };

test('a batch is byte for byte what the format says', () => {
  const records = encodeAll(sinkWith(RAW), [
    { k: 'k', v: 'one', ts: 1000 },
    { k: '', v: '', ts: 1070 },
  ]);

  const { bytes } = build(records, { producerId: 7n, epoch: 2, first: 5 });

  const expected = [
    '0000000000000000', // base offset
    '00000044', // 68 bytes follow
    'ffffffff 02', // leader epoch, magic
    '00000000', // checksum, compared below
    '0000 00000001', // attributes, last offset delta
    '00000000000003e8 000000000000042e', // first and max timestamp
    '0000000000000007 0002 00000005', // producer id, epoch, first sequence
    '00000002', // count
    '14 00 00 00 02 6b 06 6f6e65 00', // 10 bytes: delta 0, offset 0, "k", "one", no headers
    '0e 00 8c01 02 01 01 00', // 7 bytes: delta 70, offset 1, NULL, NULL, no headers
  ];
  bytes.writeUInt32BE(0, 17);
  assert.equal(bytes.toString('hex'), expected.join('').replaceAll(' ', ''));
});

test('a batch is what another encoder makes of the same records', () => {
  const outputs = [0, 1, 2, 3].map((index) => ({
    k: `key-${index}`,
    v: Buffer.alloc(1 + index ** 8, index),
    ts: 1_700_000_000_000 - index * 90_000_000,
    h: { trace: `t${index}`, more: 'é' },
  }));
  const records = encodeAll(sinkWith({ ...RAW, kafka_headers: '${h}' }), outputs);

  const { bytes } = build(records, { producerId: 1234567890123n, epoch: 3, first: 42 });

  const theirs = createRecordsBatch(
    outputs.map(({ k, v, ts, h }) => ({
      topic: 't',
      timestamp: BigInt(ts),
      key: Buffer.from(k),
      value: v,
      headers: new Map(Object.entries(h).map(([name, value]) => [Buffer.from(name), Buffer.from(value)])),
    })),
    {
      producerId: 1234567890123n,
      producerEpoch: 3,
      partitionLeaderEpoch: -1,
      sequences: { getWithDefault: () => 42 } as never,
    },
  );
  assert.equal(bytes.toString('hex'), theirs.buffer.toString('hex'));
});

test('timestamps may go back and span centuries', () => {
  const times = [1_700_000_000_000, 0, 2 ** 52 - 1, 1_700_000_000_001];
  const records = encodeAll(
    sinkWith(RAW),
    times.map((ts) => ({ k: 'k', v: 'v', ts })),
  );

  const batch = decode(build(records, NO_SEQUENCE).bytes);

  assert.deepEqual(
    batch.records.map(({ timestampDelta }) => Number(batch.firstTimestamp + timestampDelta)),
    times,
  );
  assert.equal(batch.maxTimestamp, 2n ** 52n - 1n);
});

test('large batches of all sizes survive a decoder', () => {
  const outputs = Array.from({ length: 700 }, (_, index) => ({
    k: 'k'.repeat(index),
    v: 'v'.repeat(index * 37),
    ts: index,
  }));
  const batch = decode(build(encodeAll(sinkWith(RAW), outputs), NO_SEQUENCE).bytes);

  assert.equal(batch.records.length, 700);
  for (const [index, { offsetDelta, key, value }] of batch.records.entries()) {
    assert.equal(offsetDelta, index);
    assert.equal(String(key ?? ''), outputs[index]?.k);
    assert.equal(String(value ?? ''), outputs[index]?.v);
  }
});

function build(records: readonly EncodedRecord[], sequence: typeof NO_SEQUENCE) {
  const target = Buffer.alloc(BATCH_HEAD + recordsBound(records));
  const written = writeRecords(records, target, BATCH_HEAD);
  const bytes = target.subarray(0, written.end);
  finishBatch(bytes, written, 0, sequence, (part) => crc32c(part));
  return { bytes, count: written.count };
}

function decode(bytes: Buffer) {
  return readRecordsBatch(Reader.from(bytes));
}
