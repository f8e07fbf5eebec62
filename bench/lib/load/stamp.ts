/*
 * Each payload of a load says who sent it and which one it is, so that receivers notice what is lost, doubled or out of
 * order:
 *
 *   stamp = publisher (3 bytes) sequence (7 bytes), four bits a byte, highest first, as the letters `@` to `O`
 *
 * Letters, so that the stamp can stand inside a JSON string.
 */
const ZERO = 0x40;
const PUBLISHER_LENGTH = 3;
const STAMP_LENGTH = 10;

export type PayloadKind = 'filler' | 'json';

export interface StampedPayload {
  readonly bytes: Buffer;
  /** Where the stamp begins. */
  readonly stampAt: number;
}

/** A payload of `size` bytes with the stamp of the publisher's message 0. */
export function stampedPayload(kind: PayloadKind, size: number, publisher: number): StampedPayload {
  const [head, tail] = kind === 'json' ? ['{"id":"', '","temp":21.5,"humidity":40,"site":"'] : ['', ''];
  const end = kind === 'json' ? '"}' : '';
  const filler = size - head.length - STAMP_LENGTH - tail.length - end.length;
  if (filler < 0) throw new RangeError(`a ${kind} payload needs ${size - filler} bytes; ${size} are too few`);
  const stamp = '@'.repeat(STAMP_LENGTH);
  const bytes = Buffer.from(head + stamp + tail + 'x'.repeat(filler) + end);
  writeNibbles(bytes, head.length, PUBLISHER_LENGTH, publisher);
  return { bytes, stampAt: head.length };
}

/** Renumbers the message whose stamp is at `at`. */
export function writeSequence(target: Uint8Array, at: number, sequence: number): void {
  writeNibbles(target, at + PUBLISHER_LENGTH, STAMP_LENGTH - PUBLISHER_LENGTH, sequence);
}

export function publisherAt(bytes: Uint8Array, at: number): number {
  return nibblesAt(bytes, at, PUBLISHER_LENGTH);
}

export function sequenceAt(bytes: Uint8Array, at: number): number {
  return nibblesAt(bytes, at + PUBLISHER_LENGTH, STAMP_LENGTH - PUBLISHER_LENGTH);
}

function writeNibbles(target: Uint8Array, at: number, length: number, value: number): void {
  let left = value;
  for (let index = at + length - 1; index >= at; index--) {
    target[index] = ZERO | (left & 15);
    left >>>= 4;
  }
}

function nibblesAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = (value << 4) | ((bytes[index] ?? 0) & 15);
  return value;
}
