import { Bits, integerOf, type Value } from '@millrace/values';
import { bounded, finite } from '../evaluate/arithmetic.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { bits, integer, oneOf, optional, smallInteger } from './params.ts';

const define = familyOf('bits');
const MAX_SHIFT = 65_536;

/** Operations on two integers of unbounded two's complement. */
const binaries = (
  [
    ['bitand', (a: bigint, b: bigint) => a & b, 'Bits set in both', '8'],
    ['bitor', (a: bigint, b: bigint) => a | b, 'Bits set in either', '14'],
    ['bitxor', (a: bigint, b: bigint) => a ^ b, 'Bits set in one only', '6'],
  ] as const
).map(([name, operation, summary, result]) =>
  define({
    signature: `${name}(a, b)`,
    summary: `${summary}.`,
    examples: [[`${name}(12, 10)`, result]],
    params: [integer, integer],
    run: ([a, b]) => integerOf(operation(BigInt(a), BigInt(b))),
  }),
);

export const bitFunctions: readonly SqlFunction[] = [
  ...binaries,
  define({
    signature: 'bitnot(a)',
    summary: 'All bits turned over.',
    examples: [['bitnot(0)', '-1']],
    params: [integer],
    run: ([a]) => integerOf(~BigInt(a)),
  }),
  define({
    signature: 'bitsl(a, n)',
    summary: 'Bits shifted left.',
    examples: [['bitsl(1, 70)', '1180591620717411303424']],
    params: [integer, smallInteger],
    run: ([a, n]) => shifted(BigInt(a), n),
  }),
  define({
    signature: 'bitsr(a, n)',
    summary: 'Bits shifted right; the sign stays.',
    examples: [['bitsr(-8, 1)', '-4']],
    params: [integer, smallInteger],
    run: ([a, n]) => shifted(BigInt(a), -n),
  }),
  define({
    signature: 'bitsize(s)',
    summary: 'Number of bits.',
    examples: [["bitsize('abc')", '24']],
    params: [bits],
    run: ([s]) => s.length,
  }),
  define({
    signature: 'subbits(s, length)',
    summary: 'The first bits as an unsigned integer.',
    examples: [["subbits('abc', 8)", '97']],
    params: [bits, smallInteger],
    run: ([s, length]) => subbits(s, 1, length, 'integer', 'unsigned', 'big'),
  }),
  define({
    signature: 'subbits(s, start, length[, type[, sign[, endianness]]])',
    summary:
      'Bits from a position, which counts from 1; type integer, float or bits, unsigned or signed, big or little.',
    examples: [
      ["subbits('abc', 9, 8)", '98'],
      ["subbits('abc', 1, 16, 'integer', 'unsigned', 'little')", '25185'],
      ["subbits('abc', 1, 16, 'bits')", '"ab"'],
    ],
    params: [
      bits,
      smallInteger,
      smallInteger,
      optional(oneOf('integer', 'float', 'bits')),
      optional(oneOf('unsigned', 'signed')),
      optional(oneOf('big', 'little')),
    ],
    run: ([s, start, length, type, sign, endianness]) =>
      subbits(s, start, length, type ?? 'integer', sign ?? 'unsigned', endianness ?? 'big'),
  }),
];

function shifted(value: bigint, left: number): Value {
  if (left > MAX_SHIFT) return refuse(`bits are shifted by at most ${MAX_SHIFT}`);
  return bounded(value << BigInt(left));
}

type Sign = 'unsigned' | 'signed';
type Endianness = 'big' | 'little';

function subbits(
  source: Bits,
  start: number,
  length: number,
  type: 'integer' | 'float' | 'bits',
  sign: Sign,
  endianness: Endianness,
): Value {
  if (start < 1 || length < 1) refuse('subbits takes a start from 1 and a length from 1');
  if (start > source.length) return undefined;
  const taken = slice(source, start - 1, Math.min(length, source.length - start + 1));
  if (type === 'bits') return taken.length % 8 === 0 ? taken.bytes : taken;
  return type === 'float' ? floatOfBits(taken, endianness) : integerOfBits(taken, sign, endianness);
}

/** The bits from an offset, moved to the front of fresh bytes. */
function slice(source: Bits, offset: number, length: number): Bits {
  const bytes = Buffer.alloc(Math.ceil(length / 8));
  const shift = offset % 8;
  for (let index = 0; index < bytes.length; index += 1) {
    const at = Math.floor(offset / 8) + index;
    bytes[index] = ((source.bytes[at] ?? 0) << shift) | ((source.bytes[at + 1] ?? 0) >> (8 - shift));
  }
  const unused = bytes.length * 8 - length;
  if (bytes.length > 0) bytes[bytes.length - 1]! &= 0xff << unused;
  return new Bits(bytes, length);
}

function integerOfBits(taken: Bits, sign: Sign, endianness: Endianness): Value {
  if (taken.length > MAX_SHIFT) return refuse(`an integer has at most ${MAX_SHIFT} bits`);
  const value = endianness === 'big' ? bigEndian(taken) : littleEndian(taken);
  return integerOf(sign === 'signed' ? BigInt.asIntN(taken.length, value) : value);
}

function bigEndian({ bytes, length }: Bits): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`) >> BigInt(bytes.length * 8 - length);
}

/** The last byte, which may be incomplete, is the most significant one. */
function littleEndian({ bytes, length }: Bits): bigint {
  const ordered = Buffer.from(bytes);
  const rest = length % 8;
  if (rest > 0) ordered[ordered.length - 1]! >>= 8 - rest;
  return BigInt(`0x0${ordered.reverse().toString('hex')}`);
}

function floatOfBits({ bytes, length }: Bits, endianness: Endianness): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = endianness === 'little';
  switch (length) {
    case 16:
      return finite(view.getFloat16(0, isLittle));
    case 32:
      return finite(view.getFloat32(0, isLittle));
    case 64:
      return finite(view.getFloat64(0, isLittle));
    default:
      return refuse('a float has 16, 32 or 64 bits');
  }
}
