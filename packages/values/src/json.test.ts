import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseJson } from './json-parse.ts';
import { JsonSyntaxError, parsePrecisely } from './json-precise.ts';
import { stringifyJson } from './json-stringify.ts';
import { Bits, Float, type Value } from './value.ts';

const NUMBERS: readonly (readonly [string, Value])[] = [
  ['1', 1],
  ['-0', 0],
  ['1.0', new Float(1)],
  ['10.000', new Float(10)],
  ['5e2', new Float(500)],
  ['5E+2', new Float(500)],
  ['1e-2', 0.01],
  ['1.5', 1.5],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992n],
  ['-123456789012345678901234567890', -123456789012345678901234567890n],
  ['0.30000000000000004', 0.30000000000000004],
  ['999999999999999.99', new Float(1e15)],
  ['99999999.9999999999', new Float(1e8)],
];

void test('keeps integers exact and floats floats, at the top and inside', () => {
  for (const [text, value] of NUMBERS) {
    assert.deepEqual(parseJson(text), value, text);
    assert.deepEqual(parseJson(`{"a":[${text},1]}`), { a: [value, 1] }, text);
    assert.deepEqual(parseJson(` [ ${text} ] `), [value], text);
  }
});

void test('reads text that only looks like delicate numbers', () => {
  const text = '{"at":"2024-01-01T00:00:00.000Z","id":"550e8400-e29b-41d4-a716-446655440000","v":"1.0","w":"1.0 "}';

  assert.deepEqual(parseJson(text), JSON.parse(text));
});

void test('takes the last of equal keys and keeps dangerous keys as plain ones', () => {
  const value = parseJson('{"a":1.0,"a":2,"__proto__":{"x":1},"constructor":3}') as Record<string, Value>;

  assert.equal(value['a'], 2);
  assert.deepEqual(Object.keys(value), ['a', '__proto__', 'constructor']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

void test('says where the text stops being JSON, without quoting it', () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /expected a value, but the text ends/],
    ['secret', 0, /expected a value/],
    ['{"a":1,}', 7, /expected a key/],
    ['{"a" 1}', 5, /expected ':'/],
    ['[1 2]', 3, /expected ',' or '\]'/],
    ['{"a":1', 6, /expected ',' or '}', but the text ends/],
    ['1 2', 2, /nothing may follow/],
    ['01', 1, /nothing may follow/],
    ['"\\x"', 3, /unknown escape/],
    ['"\\u12"', 3, /four hexadecimal/],
    ['"a\nb"', 2, /control character/],
    ['1e999', 0, /out of range/],
    [`[${'9'.repeat(5000)}]`, 1, /more than 4096 digits/],
    ['tru', 0, /expected a value/],
  ];
  for (const [text, offset, message] of cases) {
    assert.throws(
      () => parseJson(text),
      (error) => error instanceof JsonSyntaxError && error.offset === offset && message.test(error.message),
      text,
    );
  }
});

void test('refuses nesting deeper than 512 levels, however large the text', () => {
  assert.doesNotThrow(() => parseJson('['.repeat(512) + ']'.repeat(512)));
  assert.throws(() => parseJson('['.repeat(513) + ']'.repeat(513)), /deeper than 512/);
  assert.throws(() => parseJson('{"a":'.repeat(200_000)), /deeper than 512/);
  assert.doesNotThrow(() => parseJson(JSON.stringify({ text: '['.repeat(2000), other: '\\"['.repeat(900) })));
});

void test('reads what JavaScript reads, also with the precise parser', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      const compact = JSON.stringify(JSON.parse(text));
      const precise = stringifyJson(parsePrecisely(text));
      assert.deepEqual(JSON.parse(precise), JSON.parse(compact));
    }),
  );
});

const VALUE = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 100n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Number.isInteger(n) ? new Float(n) : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

void test('writes JSON that reads back as the same value', () => {
  fc.assert(fc.property(VALUE, (value) => assert.deepEqual(parseJson(stringifyJson(value)), value)));
});

void test('writes what JSON has no word for', () => {
  assert.equal(stringifyJson(undefined), '"undefined"');
  assert.equal(stringifyJson({ a: undefined, b: [undefined] }), '{"a":"undefined","b":["undefined"]}');
  assert.equal(
    stringifyJson({ bytes: Buffer.from('é/"'), bad: Uint8Array.of(0xff) }),
    '{"bytes":"é/\\"","bad":"\u{fffd}"}',
  );
  assert.equal(stringifyJson([new Bits(Uint8Array.of(0xe0), 3)]), '["<<7:3>>"]');
  assert.equal(stringifyJson([new Float(1e25), new Float(-0), 1e-7]), '[1e+25,-0.0,1e-7]');
});
