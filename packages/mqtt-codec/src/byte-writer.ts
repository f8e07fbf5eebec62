import { MAX_VARINT, varintSize, writeUint16, writeUint32, writeVarint } from './bytes.ts';

/** Room before the body for the fixed header, which is known only when the body is complete. */
const HEADER_ROOM = 5;

/** Collects the body of a packet and puts the fixed header before it. Throws `RangeError` for what MQTT cannot express. */
export class ByteWriter {
  #target = Buffer.allocUnsafe(256);
  #end = HEADER_ROOM;

  byte(value: number): void {
    this.#reserve(1);
    this.#target[this.#end++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#end = writeUint16(this.#target, this.#end, value);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#end = writeUint32(this.#target, this.#end, value);
  }

  varint(value: number): void {
    this.#reserve(4);
    this.#end = writeVarint(this.#target, this.#end, value);
  }

  string(text: string): void {
    // Three bytes for each UTF-16 code unit are the most that UTF-8 takes, so that the text is walked through only once.
    this.#reserve(2 + text.length * 3);
    const length = checkedLength(this.#target.write(text, this.#end + 2, 'utf8'));
    this.#end = writeUint16(this.#target, this.#end, length) + length;
  }

  binary(bytes: Uint8Array): void {
    this.uint16(checkedLength(bytes.length));
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#target.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** What was written, without a header. */
  content(): Buffer {
    return this.#target.subarray(HEADER_ROOM, this.#end);
  }

  /** The whole packet: `header` is the first byte, type and flags. */
  packet(header: number): Buffer {
    const length = this.#end - HEADER_ROOM;
    if (length > MAX_VARINT)
      throw new RangeError(`cannot encode a packet of ${length} bytes; MQTT ends at ${MAX_VARINT}`);
    const start = HEADER_ROOM - 1 - varintSize(length);
    this.#target[start] = header;
    writeVarint(this.#target, start + 1, length);
    return this.#target.subarray(start, this.#end);
  }

  #reserve(length: number): void {
    const needed = this.#end + length;
    if (needed <= this.#target.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#target.length * 2));
    larger.set(this.#target.subarray(0, this.#end));
    this.#target = larger;
  }
}

function checkedLength(length: number): number {
  if (length > 65_535) throw new RangeError(`cannot encode a string of ${length} bytes; MQTT ends at 65535`);
  return length;
}
