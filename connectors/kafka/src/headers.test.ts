import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reader, readRecord } from '@platformatic/kafka';
import { encodeAll, sinkWith } from '../test/fixtures.ts';
import { BATCH_HEAD, recordsBound, writeRecords } from './batch.ts';

const shapes: readonly (readonly [title: string, value: unknown])[] = [
  ['an object', { a: '1', b: '2' }],
  [
    'a list of objects',
    [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ],
  ],
  [
    'a list of pairs',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['JSON text', '{"a":"1","b":"2"}'],
  ['JSON bytes', Buffer.from('[["a","1"],["b","2"]]')],
];

test('kafka_headers takes every shape', () => {
  for (const [title, h] of shapes) {
    assert.deepEqual(
      headersOf({ kafka_headers: '${h}' }, { h }),
      [
        ['a', '1'],
        ['b', '2'],
      ],
      title,
    );
  }
});

test('a missing kafka_headers means none, anything else refuses the record', () => {
  assert.deepEqual(headersOf({ kafka_headers: '${h}' }, {}), []);
  for (const h of [1, true, null, 'no json', '"text"', [['a']], [{ key: 'a' }, 1], [[1, '1']]]) {
    assert.throws(
      () => headersOf({ kafka_headers: '${h}' }, { h }),
      { code: 'KAFKA_INVALID_HEADERS' },
      JSON.stringify(h),
    );
  }
});

test('mode none keeps text and bytes and leaves the rest out', () => {
  const h = { text: 'é', bytes: Buffer.from([0xff]), number: 1, list: ['x'], empty: '' };

  assert.deepEqual(headersOf({ kafka_headers: '${h}' }, { h }, 'latin1'), [
    ['text', Buffer.from('é').toString('latin1')],
    ['bytes', '\xff'],
    ['empty', ''],
  ]);
});

test('mode json writes every value as JSON', () => {
  const h = { text: 'x', number: 1, list: ['x'] };
  const parameters = { kafka_headers: '${h}', kafka_header_value_encode_mode: 'json' };

  assert.deepEqual(headersOf(parameters, { h }), [
    ['text', '"x"'],
    ['number', '1'],
    ['list', '["x"]'],
  ]);
});

test('extra headers follow, repeat names, and are skipped without a value', () => {
  const parameters = {
    kafka_headers: '${h}',
    kafka_ext_headers: [
      { kafka_ext_header_key: 'a', kafka_ext_header_value: 'fixed' },
      { kafka_ext_header_key: 'from_${id}', kafka_ext_header_value: '${topic}' },
      { kafka_ext_header_key: 'gone', kafka_ext_header_value: '${missing}' },
    ],
  };

  assert.deepEqual(headersOf(parameters, { h: { a: '1' }, id: 'x', topic: 't/1' }), [
    ['a', '1'],
    ['a', 'fixed'],
    ['from_x', 't/1'],
  ]);
});

function headersOf(parameters: object, output: Record<string, unknown>, encoding: BufferEncoding = 'utf8') {
  const records = encodeAll(sinkWith({ topic: 't', ...parameters }), [output as never]);
  const target = Buffer.alloc(BATCH_HEAD + recordsBound(records));
  const { end } = writeRecords(records, target, 0);
  const { headers } = readRecord(Reader.from(target.subarray(0, end)));
  return headers.map(([key, value]) => [key?.toString(), value === null ? '' : value.toString(encoding)]);
}
