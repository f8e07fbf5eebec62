import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toText } from './text.ts';
import { Bits, Float, type Value } from './value.ts';

const CASES: readonly (readonly [Value, string])[] = [
  ['text', 'text'],
  [Buffer.from('bytes é'), 'bytes é'],
  [Buffer.from([0xff]), '\u{fffd}'],
  [12, '12'],
  [-7, '-7'],
  [123456789012345678901234567890n, '123456789012345678901234567890'],
  [new Float(2), '2.0'],
  [1.5, '1.5'],
  [new Float(1e22), '10000000000000000000000.0'],
  [1e-11, '0.0'],
  [0.1 + 0.2, '0.3'],
  [1.23456789019, '1.2345678902'],
  [-1.25, '-1.25'],
  [new Float(-0), '-0.0'],
  [new Float(1e300), `${BigInt(1e300)}.0`],
  [true, 'true'],
  [false, 'false'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ a: 1, b: new Float(1) }, '{"a":1,"b":1.0}'],
  [[1, 'a'], '[1,"a"]'],
  [[], ''],
  [[72, 105], 'Hi'],
  [[8, 13, 27, 160, 0x1f600], '\b\r\u001b\u00a0\u{1f600}'],
  [[72, 7], '[72,7]'],
  [[72, 127], '[72,127]'],
  [[0xd800], '[55296]'],
  [[new Float(72)], '[72.0]'],
  [new Bits(Uint8Array.of(0xa5, 0xa0), 11), '<<165,5:3>>'],
];

void test('converts every kind of value to its text', () => {
  for (const [value, text] of CASES) assert.equal(toText(value), text);
});
