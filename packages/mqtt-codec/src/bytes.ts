/**
 * Reading and writing of single fields at an offset. The callers have checked that the bytes are there, hence the
 * non-null assertions: this is the one place for them.
 */

/** Largest value of a variable byte integer (section 1.5.5), and so the largest remaining length. */
export const MAX_VARINT = 268_435_455;

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at]!;
}

export function uint16At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return uint16At(bytes, at) * 0x1_0000 + uint16At(bytes, at + 2);
}

/** Reads a variable byte integer that has been checked before. */
export function varintAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  let shift = 0;
  for (let next = at; ; next++) {
    const byte = bytes[next]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
    shift += 7;
  }
}

/** How many bytes the shortest form of `value` takes. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

export function writeUint16(target: Uint8Array, at: number, value: number): number {
  target[at] = value >>> 8;
  target[at + 1] = value;
  return at + 2;
}

export function writeUint32(target: Uint8Array, at: number, value: number): number {
  writeUint16(target, at, value >>> 16);
  return writeUint16(target, at + 2, value);
}

export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let next = at;
  let rest = value;
  while (rest > 0x7f) {
    target[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[next++] = rest;
  return next;
}

/** Below so many bytes a loop is faster than the native copy, with and without a view to be made for it (measured). */
const SHORT = 12;
const SHORT_RANGE = 32;

/** Copies `source` and answers the offset behind it. */
export function writeBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  const { length } = source;
  if (length > SHORT) target.set(source, at);
  else for (let index = 0; index < length; index++) target[at + index] = source[index]!;
  return at + length;
}

/** Copies `source[start, end)` and answers the offset behind it. */
export function writeRange(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > SHORT_RANGE) target.set(source.subarray(start, end), at);
  else for (let index = 0; index < length; index++) target[at + index] = source[start + index]!;
  return at + length;
}
