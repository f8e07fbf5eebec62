import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bits, Float, stringifyJson, type Value } from '@millrace/values';
import { decodeTerm, encodeTerm } from './external-term.ts';

/** Values and their bytes as Erlang's `term_to_binary/1` writes them. */
const TERMS: readonly (readonly [Value, string])[] = [
  [0, '836100'],
  [255, '8361ff'],
  [256, '836200000100'],
  [-1, '8362ffffffff'],
  [2 ** 31 - 1, '83627fffffff'],
  [2 ** 31, '836e040000000080'],
  [-(2 ** 32), '836e05010000000001'],
  [2n ** 64n, '836e0900000000000000000001'],
  [1.5, '83463ff8000000000000'],
  [new Float(1), '83463ff0000000000000'],
  ['ab', '836d000000026162'],
  ['', '836d00000000'],
  [true, '83770474727565'],
  [null, '8377046e756c6c'],
  [undefined, '837709756e646566696e6564'],
  [[], '836a'],
  [['a'], '836c000000016d00000001616a'],
  [{ a: 1 }, '8374000000016d00000001616101'],
  [new Bits(Uint8Array.of(0xe0), 3), '834d0000000103e0'],
];

void test('writes and reads the bytes that Erlang writes', () => {
  for (const [value, hex] of TERMS) {
    assert.equal(encodeTerm(value).toString('hex'), hex);
    assert.equal(stringifyJson(decodeTerm(Buffer.from(hex, 'hex'))), stringifyJson(value));
  }
});

void test('reads forms that only Erlang writes', () => {
  assert.deepEqual(decodeTerm(Buffer.from('836b0002616a', 'hex')), [0x61, 0x6a]);
  assert.equal(decodeTerm(Buffer.from('83640002686f', 'hex')), 'ho');
  assert.equal(decodeTerm(Buffer.from('8376000568656c6c6f', 'hex')), 'hello');
});

void test('refuses bytes that are no term, whatever lengths they claim', () => {
  const broken = [
    '',
    '83',
    '00',
    '8361',
    '836d7fffffff61',
    '836c7fffffff6101',
    '83747fffffff',
    '836e05',
    '8361016101',
    '8368026101',
    '836c000000016101',
  ];
  for (const hex of broken) assert.throws(() => decodeTerm(Buffer.from(hex, 'hex')), hex);
  assert.throws(() => decodeTerm(Buffer.from(`83${'6c00000001'.repeat(2000)}`, 'hex')), /too deep/);
});
