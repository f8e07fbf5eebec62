/**
 * The two hashes that place a key on a partition.
 *
 * `phash2` is the one of Erlang's `phash2/1` over a binary, so that keys stay on the partitions EMQX chose for them: Bob
 * Jenkins' hash of 1996 over 12-byte blocks, cut to 27 bits. `murmur2` is the one of Java producers.
 */
const GOLDEN = 0x9e3779b9;
const SEED = Math.imul(13, GOLDEN);
const BLOCK = 12;

/** Partition of a key as EMQX chooses it; an absent key is hashed as the empty string. */
export function phash2(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return (start === end ? SEED : jenkins(bytes, start, end)) & 0x07ffffff;
}

function jenkins(bytes: Uint8Array, start: number, end: number): number {
  let a = GOLDEN | 0;
  let b = GOLDEN | 0;
  let c = SEED | 0;
  let at = start;
  // One loop for the full blocks and one last round for what is left, which also takes in the length. The nine steps
  // stand here once, in the loop, so that the engine keeps a, b and c in registers.
  for (;;) {
    const isLast = end - at < BLOCK;
    if (isLast) {
      c = (c + (end - start) + tail(bytes, at + 8, end, 8)) | 0;
      b = (b + tail(bytes, at + 4, Math.min(end, at + 8), 0)) | 0;
      a = (a + tail(bytes, at, Math.min(end, at + 4), 0)) | 0;
    } else {
      a = (a + word(bytes, at)) | 0;
      b = (b + word(bytes, at + 4)) | 0;
      c = (c + word(bytes, at + 8)) | 0;
    }
    a = (a - b - c) ^ (c >>> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >>> 13);
    a = (a - b - c) ^ (c >>> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >>> 5);
    a = (a - b - c) ^ (c >>> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >>> 15);
    if (isLast) return c;
    at += BLOCK;
  }
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
