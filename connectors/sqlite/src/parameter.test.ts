import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordWriter } from '@millrace/contract';
import { Bits, Float, type Value } from '@millrace/values';
import { type Parameter, ParameterReader, writeParameter } from './parameter.ts';

const CASES: readonly (readonly [name: string, value: Value, stored: Parameter])[] = [
  ['a missing value is NULL', undefined, null],
  ['null is NULL', null, null],
  ['true is 1', true, 1n],
  ['false is 0', false, 0n],
  ['an integer stays an integer', -20, -20n],
  ['a large integer keeps every digit', 9_007_199_254_740_993n, 9_007_199_254_740_993n],
  ['an integer beyond 64 bits is kept as text', 2n ** 70n, '1180591620717411303424'],
  ['a float is a real', 1.5, 1.5],
  ['an integral float is a real', new Float(3), 3],
  ['text stays text', 'a "quoted" \0 ü 🚪', 'a "quoted" \0 ü 🚪'],
  ['empty text stays empty text', '', ''],
  ['bytes that are UTF-8 are text', Buffer.from('grün'), 'grün'],
  ['other bytes are a blob', Buffer.from([0xff, 0x00]), Buffer.from([0xff, 0x00])],
  ['a map is JSON text', { a: 1, b: new Float(2) }, '{"a":1,"b":2.0}'],
  ['a list is JSON text', [1, 'x', null], '[1,"x",null]'],
  ['bits are text', new Bits(Buffer.from([0xf0]), 4), '<<15:4>>'],
];

for (const [name, value, stored] of CASES) {
  test(name, () => {
    const record = new RecordWriter();

    writeParameter(value, record);

    const reader = new ParameterReader(record.buffer.subarray(0, record.position), 0);
    assert.deepEqual(reader.parameter(), stored);
  });
}

test('parameters follow each other', () => {
  const record = new RecordWriter(16);
  record.writePrefixed('x'.repeat(300));
  for (const [, value] of CASES) writeParameter(value, record);

  const reader = new ParameterReader(record.buffer, 0);

  assert.equal(reader.prefixed().length, 300);
  assert.deepEqual(
    CASES.map(() => reader.parameter()),
    CASES.map(([, , stored]) => stored),
  );
});
