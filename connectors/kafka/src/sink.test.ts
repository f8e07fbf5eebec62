import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordWriter } from '@millrace/contract';
import { Reader, readRecord } from '@platformatic/kafka';
import { encodeAll, offlineClient, sinkWith } from '../test/fixtures.ts';
import { BATCH_HEAD, recordsBound, writeRecords } from './batch.ts';
import { timestampOf, topicOf } from './record.ts';

test('by default the key is the client and the value the whole output', () => {
  const [record] = encodeAll(sinkWith({ topic: 't' }), [{ clientid: 'c1', timestamp: 1234, n: 1 }]);

  assert.deepEqual(read(record!), { key: 'c1', value: '{"clientid":"c1","timestamp":1234,"n":1}' });
  assert.equal(timestampOf(record!), 1234);
  assert.equal(topicOf(record!), undefined);
});

test('a payload passes through as the bytes it is', () => {
  const payload = Buffer.from([0xff, 0x00, 0xfe]);
  const [record] = encodeAll(sinkWith({ topic: 't', message: { value: '${payload}' } }), [{ payload }]);

  assert.deepEqual(read(record!, 'hex').value, 'ff00fe');
});

test('what is missing, null or empty is written as NULL', () => {
  const sink = sinkWith({ topic: 't', message: { key: '${k}', value: '${v}' } });

  for (const output of [{}, { k: null, v: null }, { k: '', v: Buffer.alloc(0) }]) {
    assert.deepEqual(read(encodeAll(sink, [output])[0]!), { key: null, value: null });
  }
  assert.deepEqual(read(encodeAll(sinkWith({ topic: 't', message: { key: '', value: '' } }), [{}])[0]!), {
    key: null,
    value: null,
  });
});

test('missing parts of a larger template are left empty', () => {
  const sink = sinkWith({ topic: 't', message: { key: 'k-${a}-${b}', value: '{"a":${a},"b":"${b}"}' } });

  assert.deepEqual(read(encodeAll(sink, [{ a: 1 }])[0]!), { key: 'k-1-', value: '{"a":1,"b":""}' });
});

test('numbers, booleans and maps are written as text', () => {
  const sink = sinkWith({ topic: 't', message: { key: '${k}', value: '${v}' } });

  assert.deepEqual(read(encodeAll(sink, [{ k: 1.5, v: { a: [1, true] } }])[0]!), {
    key: '1.5',
    value: '{"a":[1,true]}',
  });
});

test('values of every length keep their neighbours', () => {
  const lengths = [0, 1, 63, 64, 8191, 8192, 1_048_575, 1_048_576];
  const sink = sinkWith({ topic: 't', message: { key: '${k}', value: '${v}' } });
  const records = encodeAll(
    sink,
    lengths.map((length) => ({ k: 'k', v: 'ä'.repeat(length) })),
  );

  for (const [index, record] of records.entries()) {
    assert.deepEqual(read(record), { key: 'k', value: lengths[index] === 0 ? null : 'ä'.repeat(lengths[index]!) });
  }
});

test('a timestamp that is no whole number of milliseconds becomes now', () => {
  const sink = sinkWith({ topic: 't' });
  const now = Date.now();

  for (const timestamp of [undefined, null, 'soon', 1.5, -1, 2 ** 60, '']) {
    const [record] = encodeAll(sink, [{ timestamp }]);
    assert.ok(Math.abs(timestampOf(record!) - now) < 10_000, String(timestamp));
  }
  assert.equal(timestampOf(encodeAll(sink, [{ timestamp: '1234' }])[0]!), 1234);
});

test('a topic with placeholders is rendered strictly and travels with the record', () => {
  const sink = sinkWith({ topic: 'site-${site}' });

  assert.equal(topicOf(encodeAll(sink, [{ site: 'north' }])[0]!), 'site-north');
  for (const output of [{}, { site: '' }, { site: null }]) {
    assert.throws(() => sink.encode(output, new RecordWriter()), {
      code: 'KAFKA_TOPIC_NOT_RENDERED',
      recoverable: false,
    });
  }
  assert.throws(() => sink.encode({ site: 'a b' }, new RecordWriter()), { code: 'KAFKA_INVALID_TOPIC' });
});

test('key_dispatch places keys as Erlang hashes them', () => {
  const client = offlineClient({ t: [1, 1, 1, 1, 1, 1, 1] });
  const sink = sinkWith({ topic: 't', partition_strategy: 'key_dispatch', message: { key: '${k}' } }, client);
  const lanes = encodeAll(sink, [{ k: 'abc' }, { k: 'device-1' }, {}]).map((record) => sink.lane(record));

  assert.deepEqual(lanes, [`t-${98228475 % 7}`, `t-${117739401 % 7}`, `t-${13708901 % 7}`]);
});

test('murmur2 places keys as Java producers do, and records without key anywhere', () => {
  const client = offlineClient({ t: [1, 1, 1, 1, 1, 1, 1] });
  const sink = sinkWith({ topic: 't', partition_strategy: 'murmur2', message: { key: '${k}' } }, client, () => 0.5);
  const lanes = encodeAll(sink, [{ k: 'foobar' }, {}]).map((record) => sink.lane(record));

  assert.deepEqual(lanes, [`t-${(-790332482 & 0x7fffffff) % 7}`, 't-3']);
});

test('random passes by partitions without a leader', () => {
  const client = offlineClient({ t: [1, -1, -1, 1] });
  const [record] = encodeAll(sinkWith({ topic: 't' }), [{}]);

  assert.equal(sinkWith({ topic: 't' }, client, () => 0.3).lane(record!), 't-3');
  assert.equal(sinkWith({ topic: 't' }, offlineClient({ t: [-1, -1] }), () => 0.9).lane(record!), 't-1');
});

test('partitions_limit keeps to the first partitions', () => {
  const sink = sinkWith({ topic: 't', partitions_limit: 2 }, offlineClient({ t: [1, 1, 1, 1] }), () => 0.99);
  const [record] = encodeAll(sink, [{}]);

  assert.equal(sink.lane(record!), 't-1');
});

test('records of a fixed topic fail when the action has none any more, others keep theirs', () => {
  const [fixed] = encodeAll(sinkWith({ topic: 't' }), [{}]);
  const [rendered] = encodeAll(sinkWith({ topic: '${site}' }), [{ site: 'north' }]);

  assert.throws(() => sinkWith({ topic: '${site}' }).lane(fixed!), { code: 'KAFKA_TOPIC_NOT_RENDERED' });
  assert.equal(sinkWith({ topic: 't' }, offlineClient({ north: [1] })).lane(rendered!), 'north-0');
});

test('a vanished partition refuses its records', async () => {
  const sink = sinkWith({ topic: 't' }, offlineClient({ t: [1] }));
  const records = encodeAll(sink, [{}, {}]);

  const rejections = await sink.write({ lane: 't-3', laneIndex: 0, records, attempt: 1 }, new AbortController().signal);

  assert.deepEqual(
    rejections?.map(({ index, error }) => [index, error.code]),
    [
      [0, 'KAFKA_PARTITION_LOST'],
      [1, 'KAFKA_PARTITION_LOST'],
    ],
  );
});

function read(record: Parameters<typeof timestampOf>[0], encoding: BufferEncoding = 'utf8') {
  const target = Buffer.alloc(BATCH_HEAD + recordsBound([record]));
  const { end } = writeRecords([record], target, 0);
  const { key, value } = readRecord(Reader.from(target.subarray(0, end)));
  return { key: key && key.toString(encoding), value: value && value.toString(encoding) };
}
