/** Zigzag varints of the record format: a signed number as 7 bits a byte, lowest first. */

/** Bytes that `value` takes, for 32-bit values. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Writes a 32-bit value and returns the position behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  let position = at;
  while (zigzag > 0x7f) {
    target[position++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  target[position++] = zigzag;
  return position;
}

/** Bytes of a value of up to 52 bits. */
export function varlongSize(value: number): number {
  let zigzag = zigzagLong(value);
  let size = 1;
  while (zigzag > 0x7f) {
    zigzag = Math.floor(zigzag / 128);
    size += 1;
  }
  return size;
}

/** Writes a value of up to 52 bits and returns the position behind it. */
export function writeVarlong(target: Uint8Array, at: number, value: number): number {
  let zigzag = zigzagLong(value);
  let position = at;
  while (zigzag > 0x7f) {
    target[position++] = (zigzag % 128) | 0x80;
    zigzag = Math.floor(zigzag / 128);
  }
  target[position++] = zigzag;
  return position;
}

function zigzagLong(value: number): number {
  return value >= 0 ? value * 2 : value * -2 - 1;
}
