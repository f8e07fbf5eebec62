import { byteAt } from './bytes.ts';
import type { MalformedPacketError } from './handler.ts';
import { malformed } from './malformed.ts';

/**
 * Whether `bytes[start, end)` may be an MQTT string: well-formed UTF-8 without surrogates [MQTT-1.5.4-1] and without
 * U+0000 [MQTT-1.5.4-2].
 */
export function isValidUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  return !containsNull(bytes, start, end) && isWellFormedUtf8(bytes, start, end);
}

/** Whether a text can be sent as an MQTT string: no lone surrogate, no U+0000, at most 65,535 bytes. */
export function isValidText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0') && (text.length <= 21_845 || Buffer.byteLength(text) <= 65_535);
}

/** Throws unless the bytes may be an MQTT string. */
export function checkString(bytes: Uint8Array, start: number, end: number): void {
  if (isPlainAscii(bytes, start, end)) return;
  const error = stringError(bytes, start, end);
  if (error !== undefined) throw error;
}

/** Why the bytes are no MQTT string; undefined when they are one. */
export function stringError(bytes: Uint8Array, start: number, end: number): MalformedPacketError | undefined {
  if (!isWellFormedUtf8(bytes, start, end)) return malformed('a string is not well-formed UTF-8', 'MQTT-1.5.4-1');
  return containsNull(bytes, start, end) ? malformed('a string contains U+0000', 'MQTT-1.5.4-2') : undefined;
}

export function isWellFormedUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    if (byteAt(bytes, at) < 0x80) at += 1;
    else {
      const size = sequenceSize(bytes, at, end);
      if (size === 0) return false;
      at += size;
    }
  }
  return true;
}

function isPlainAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte === 0 || byte > 0x7f) return false;
  }
  return true;
}

function containsNull(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (byteAt(bytes, at) === 0) return true;
  return false;
}

/**
 * Size of the multi-byte sequence at `at`, or 0 when it is none. Table 3-7 of the Unicode standard: the second byte
 * excludes overlong forms, surrogates and everything above U+10FFFF.
 */
function sequenceSize(bytes: Uint8Array, at: number, end: number): number {
  const lead = byteAt(bytes, at);
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || at + size > end) return 0;
  const second = byteAt(bytes, at + 1);
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + size; next++) if ((byteAt(bytes, next) & 0xc0) !== 0x80) return 0;
  return size;
}
