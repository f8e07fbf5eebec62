import { erlangHash } from '@millrace/contract';

/**
 * The two hashes that place a key on a partition.
 *
 * `phash2` is the one of Erlang's `phash2/1` over a binary, cut to 27 bits, so that keys stay on the partitions EMQX chose
 * for them. `murmur2` is the one of Java producers.
 */

/** Partition of a key as EMQX chooses it; an absent key is hashed as the empty string. */
export function phash2(bytes: Uint8Array, start?: number, end?: number): number {
  return erlangHash(bytes, start, end) & 0x07ffffff;
}

function word(bytes: Uint8Array, at: number): number {
  return byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
}

function tail(bytes: Uint8Array, start: number, end: number, firstShift: number): number {
  let sum = 0;
  for (let at = start, shift = firstShift; at < end; at += 1, shift += 8) sum = (sum + (byte(bytes, at) << shift)) | 0;
  return sum;
}

const MURMUR_SEED = 0x9747b28c;
const MURMUR_FACTOR = 0x5bd1e995;

/** Murmur2 as Kafka's Java client computes it, made positive the way its default partitioner does. */
export function murmur2(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start;
  const lastWord = start + (length & ~3);
  let hash = MURMUR_SEED ^ length;
  for (let at = start; at < lastWord; at += 4) {
    const mixed = Math.imul(word(bytes, at), MURMUR_FACTOR);
    hash = Math.imul(hash, MURMUR_FACTOR) ^ Math.imul(mixed ^ (mixed >>> 24), MURMUR_FACTOR);
  }
  if (lastWord < end) hash = Math.imul(hash ^ tail(bytes, lastWord, end, 0), MURMUR_FACTOR);
  hash = Math.imul(hash ^ (hash >>> 13), MURMUR_FACTOR);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
