import { isUtf8 } from 'node:buffer';
import {
  type Bits,
  bytesOf,
  Float,
  floatOf,
  isNumeric,
  isText,
  toText,
  trimDecimals,
  type Value,
} from '@millrace/values';
import { toNumber } from '../evaluate/arithmetic.ts';
import { readNumber } from '../evaluate/compare.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { toInteger } from './math.ts';
import { any, bits, bytes, objectOrJson, optional, pureText, smallInteger } from './params.ts';

const define = familyOf('conversion');
/** The most decimals that JavaScript prints. */
const MAX_DECIMALS = 100;

export const conversionFunctions: readonly SqlFunction[] = [
  define({
    signature: 'str(x)',
    summary: 'Text of any value; never fails.',
    examples: [
      ['str(1.50)', '"1.5"'],
      ['str([72, 105])', '"Hi"'],
    ],
    params: [any],
    run: ([x]) => (isText(x) ? x : toText(x)),
  }),
  define({
    signature: 'str_utf8(x)',
    summary: 'Text of any value; fails when it is not UTF-8.',
    examples: [['str_utf8(true)', '"true"']],
    params: [any],
    run: ([x]) => (x instanceof Uint8Array && !isUtf8(x) ? refuse('the string is not UTF-8') : toText(x)),
  }),
  define({
    signature: 'str_utf16_le(x)',
    summary: 'Text of any value as UTF-16 bytes, little endian.',
    examples: [["bin2hexstr(str_utf16_le('a€'))", '"6100AC20"']],
    params: [any],
    run: ([x]) => Buffer.from(toText(x), 'utf16le'),
  }),
  define({
    signature: 'bool(x)',
    summary: "Boolean of true, 'true', 1, 1.0 and their opposites; anything else fails.",
    examples: [
      ['bool(1)', 'true'],
      ["bool('false')", 'false'],
    ],
    params: [any],
    run: ([x]) => toBoolean(x),
  }),
  define({
    signature: 'int(x)',
    summary: 'Integer of a number (rounded down), a boolean, or text that spells a number.',
    examples: [
      ['int(-3.01)', '-4'],
      ["int('12')", '12'],
      ['int(true)', '1'],
    ],
    params: [any],
    run: ([x]) => (typeof x === 'boolean' ? Number(x) : toInteger(numberOf(x, 'int'), Math.floor)),
  }),
  define({
    signature: 'float(x[, digits])',
    summary: 'Float of a number or of text that spells one, rounded to that many decimals.',
    examples: [
      ["float('1.5e3')", '1500.0'],
      ['float(3.14159, 2)', '3.14'],
    ],
    params: [any, optional(smallInteger)],
    run: ([x, digits]) => rounded(toNumber(numberOf(x, 'float')), digits),
  }),
  define({
    signature: 'float2str(x, digits)',
    summary: 'Text of a float with at most that many decimals.',
    examples: [
      ['float2str(1.5, 10)', '"1.5"'],
      ['float2str(0.1, 20)', '"0.10000000000000000555"'],
    ],
    params: [any, smallInteger],
    run: ([x, digits]) => decimalText(x, digits),
  }),
  define({
    signature: 'map(x)',
    summary: 'The object itself, or the one that JSON text holds.',
    examples: [[`map('{"a":1}')`, '{"a":1}']],
    params: [objectOrJson],
    run: ([x]) => x,
  }),
  define({
    signature: 'bin2hexstr(s[, prefix])',
    summary: 'Bytes of a string as upper-case hexadecimal text.',
    examples: [
      ["bin2hexstr('abc')", '"616263"'],
      ["bin2hexstr('abc', '0x')", '"0x616263"'],
    ],
    params: [bits, optional(pureText)],
    run: ([s, prefix]) => (prefix ?? '') + hexOf(s),
  }),
  define({
    signature: 'hexstr2bin(s[, prefix])',
    summary: 'Bytes that hexadecimal text stands for, behind its prefix.',
    examples: [
      ["hexstr2bin('616263')", '"abc"'],
      ["hexstr2bin('0x61', '0x')", '"a"'],
    ],
    params: [pureText, optional(pureText)],
    run: ([s, prefix]) => bytesOfHex(s, prefix ?? ''),
  }),
  define({
    signature: 'sqlserver_bin2hexstr(s)',
    summary: 'Bytes of a string as SQL Server writes them.',
    examples: [["sqlserver_bin2hexstr('abc')", '"0x616263"']],
    params: [bytes],
    run: ([s]) => `0x${s.toString('hex').toUpperCase()}`,
  }),
];

function toBoolean(value: Value): boolean {
  if (value === true || value === 1 || (value instanceof Float && value.value === 1)) return true;
  if (value === false || value === 0 || (value instanceof Float && value.value === 0)) return false;
  const text = isText(value) ? toText(value) : undefined;
  return text === 'true' || text === 'false' ? text === 'true' : refuse('bool takes a boolean, 0, 1 or their text');
}

function numberOf(value: Value, name: string): number | bigint | Float {
  if (isNumeric(value)) return value;
  return (isText(value) ? readNumber(value) : undefined) ?? refuse(`${name} takes a number or text that spells one`);
}

function rounded(value: number, digits: number | undefined): Value {
  if (digits === undefined) return floatOf(value);
  if (digits < 1) refuse('float rounds to at least one digit');
  return floatOf(Number(value.toFixed(Math.min(digits, MAX_DECIMALS))));
}

function decimalText(value: Value, digits: number): string {
  const float = value instanceof Float ? value.value : value;
  if (typeof float !== 'number' || (Number.isInteger(float) && !(value instanceof Float))) {
    return refuse('float2str takes a float');
  }
  if (digits < 0) refuse('float2str takes a number of digits that is not negative');
  const fixed = Math.abs(float) < 1e21 ? float.toFixed(Math.min(digits, MAX_DECIMALS)) : `${BigInt(float)}.0`;
  return fixed.includes('.') ? trimDecimals(fixed) : fixed;
}

/** Bits that do not fill their last byte are read as one number; an unused leading digit is dropped. */
function hexOf({ bytes, length }: Bits): string {
  const hex = Buffer.from(bytes).toString('hex').toUpperCase();
  if (length % 8 === 0) return hex;
  const value = BigInt(`0x0${hex}`) >> BigInt(bytes.length * 8 - length);
  return value
    .toString(16)
    .toUpperCase()
    .padStart(Math.ceil(length / 4), '0');
}

function bytesOfHex(source: string, prefix: string): Uint8Array {
  if (!source.startsWith(prefix)) refuse('the text does not begin with the prefix');
  const digits = source.slice(prefix.length);
  if (!/^[0-9a-fA-F]*$/.test(digits)) refuse('the text is not hexadecimal');
  return bytesOf(Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex'));
}
