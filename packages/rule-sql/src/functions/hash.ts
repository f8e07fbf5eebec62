import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { md4 } from '../evaluate/md4.ts';
import { MAX_TEXT } from '../evaluate/text.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { bytes, pureText } from './params.ts';

const define = familyOf('hash and compression');
const BOUNDED = { maxOutputLength: MAX_TEXT };

/** Names of algorithms: EMQX's, and OpenSSL's. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['sha', 'sha1'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
  ['ripemd160', 'ripemd160'],
  ['sm3', 'sm3'],
]);

const hashes = [
  ['md5', 'MD5', '"900150983cd24fb0d6963f7d28e17f72"'],
  ['sha', 'SHA-1', '"a9993e364706816aba3e25717850c26c9cd0d89d"'],
  ['sha256', 'SHA-256', '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"'],
].map(([name, title, result]) =>
  define({
    signature: `${name}(s)`,
    summary: `${title} as lower-case hexadecimal text.`,
    examples: [[`${name}('abc')`, result!]],
    params: [bytes],
    run: ([s]) => digest(name!, s),
  }),
);

/** Compressions and their opposites: name, opposite, what they are. */
const compressions = (
  [
    ['gzip', zlib.gzipSync, 'gunzip', zlib.gunzipSync, 'gzip'],
    ['zip', zlib.deflateRawSync, 'unzip', zlib.inflateRawSync, 'raw deflate'],
    ['zip_compress', zlib.deflateSync, 'zip_uncompress', zlib.inflateSync, 'zlib'],
  ] as const
).flatMap(([name, compress, opposite, expand, format]) => [
  define({
    signature: `${name}(s)`,
    summary: `Bytes compressed as ${format}.`,
    examples: [[`${opposite}(${name}('abc'))`, '"abc"']],
    params: [bytes],
    run: ([s]) => compress(s),
  }),
  define({
    signature: `${opposite}(s)`,
    summary: `Bytes that were compressed as ${format}.`,
    examples: [[`${opposite}(${name}('abc'))`, '"abc"']],
    params: [bytes],
    run: ([s]) => expanded(s, expand),
  }),
]);

export const hashFunctions: readonly SqlFunction[] = [
  ...hashes,
  define({
    signature: 'hash(algorithm, s)',
    summary: 'Hash by the name of its algorithm, as lower-case hexadecimal text.',
    examples: [
      ["hash('md4', 'abc')", '"a448017aaf21d8525fc10ae87aa6729d"'],
      ["hash('sha1', 'abc')", '"a9993e364706816aba3e25717850c26c9cd0d89d"'],
    ],
    params: [pureText, bytes],
    run: ([algorithm, s]) => digest(algorithm, s),
  }),
  ...compressions,
];

function digest(algorithm: string, data: Buffer): string {
  if (algorithm === 'md4') return md4(data).toString('hex');
  const name = ALGORITHMS.get(algorithm) ?? refuse('the hash algorithm is not known');
  return createHash(name).update(data).digest('hex');
}

function expanded(data: Buffer, expand: (data: Buffer, options: zlib.ZlibOptions) => Buffer): Buffer {
  try {
    return expand(data, BOUNDED);
  } catch {
    return refuse(`the data cannot be uncompressed, or is longer than ${MAX_TEXT} bytes then`);
  }
}
