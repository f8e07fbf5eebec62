/**
 * Erlang's `phash2` over a binary, before it is cut to a range: Bob Jenkins' hash of 1996 over 12-byte blocks. Keys are
 * placed with it on partitions and queues, so that they stay where EMQX has put them.
 */
const GOLDEN = 0x9e3779b9;
const SEED = Math.imul(13, GOLDEN);
const BLOCK = 12;

/** All 32 bits of the hash of `bytes[start…end]`, as an unsigned number. */
export function erlangHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return (start === end ? SEED : jenkins(bytes, start, end)) >>> 0;
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

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
