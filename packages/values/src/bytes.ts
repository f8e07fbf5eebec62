import type { Bits } from './value.ts';

/** The characters of a string; invalid UTF-8 becomes U+FFFD. */
export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : bufferOf(value).toString('utf8');
}

/** The bytes of a string; text is UTF-8. Shares memory with a string that is bytes already. */
export function bytesOf(value: string | Uint8Array): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : bufferOf(value);
}

/** Bits have no text of their own; this is how Erlang prints them. */
export function bitsText(bits: Bits): string {
  const rest = bits.length % 8;
  const parts: string[] = [];
  for (let index = 0; index < Math.floor(bits.length / 8); index += 1) parts.push(String(bits.bytes[index]));
  if (rest > 0) parts.push(`${(bits.bytes[parts.length] ?? 0) >> (8 - rest)}:${rest}`);
  return `<<${parts.join(',')}>>`;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
