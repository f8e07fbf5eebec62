import { byteAt, uint16At, varintAt } from './bytes.ts';
import { malformed } from './malformed.ts';
import { topicFilterError, topicNameError } from './topic.ts';
import { checkString } from './utf8.ts';

/** Reads the fields of one packet in order. Every method throws a `MalformedPacketError` instead of reading past the end. */
export class ByteReader {
  readonly bytes: Buffer;
  readonly end: number;
  position: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.position === this.end;
  }

  byte(): number {
    return byteAt(this.bytes, this.#take(1));
  }

  uint16(): number {
    return uint16At(this.bytes, this.#take(2));
  }

  /** A packet identifier, which is never 0. */
  packetId(): number {
    const packetId = this.uint16();
    if (packetId === 0) throw malformed('the packet identifier is 0', 'MQTT-2.2.1-3');
    return packetId;
  }

  string(): string {
    const length = this.uint16();
    const start = this.#take(length);
    checkString(this.bytes, start, this.position);
    return this.bytes.toString('utf8', start, this.position);
  }

  topicName(): string {
    const start = this.position + 2;
    const topic = this.string();
    const error = topicNameError(this.bytes, start, this.position);
    if (error !== undefined) throw error;
    return topic;
  }

  topicFilter(): string {
    const filter = this.string();
    const error = topicFilterError(filter);
    if (error !== undefined) throw error;
    return filter;
  }

  /** A copy, since the received bytes do not last. */
  binary(): Buffer {
    const length = this.uint16();
    const start = this.#take(length);
    return Buffer.from(this.bytes.subarray(start, this.position));
  }

  /** Takes a length and that many bytes; answers where they start. Afterwards `position` is their end. */
  section(): number {
    const size = checkedVarintSize(this.bytes, this.position, this.end);
    const length = varintAt(this.bytes, this.#take(size));
    return this.#take(length);
  }

  /** Throws when bytes are left over. */
  finish(): void {
    if (this.position !== this.end) throw malformed('the packet is longer than its content');
  }

  #take(length: number): number {
    const start = this.position;
    if (start + length > this.end) throw malformed('the packet ends inside a field');
    this.position = start + length;
    return start;
  }
}

/** Size of the variable byte integer at `at`, which must be whole and in its shortest form [MQTT-1.5.5-1]. */
export function checkedVarintSize(bytes: Uint8Array, at: number, end: number): number {
  for (let size = 1; size <= 4; size++) {
    const last = at + size - 1;
    if (last >= end) throw malformed('the packet ends inside a variable byte integer');
    const byte = byteAt(bytes, last);
    if (byte >= 0x80) continue;
    if (byte === 0 && size > 1) throw malformed('a variable byte integer is not in its shortest form', 'MQTT-1.5.5-1');
    return size;
  }
  throw malformed('a variable byte integer is longer than four bytes', 'MQTT-1.5.5-1');
}
