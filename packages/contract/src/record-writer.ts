/**
 * Appends bytes to a growing buffer. Owned by the resource layer, lent to `Sink.encode`; a sink only appends.
 * Integers are big-endian; varints are unsigned LEB128.
 */
export class RecordWriter {
  #buffer: Buffer;
  #position = 0;

  constructor(initialBytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#position;
  }

  /** The memory behind; replaced when it grows, so read it after the last append. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Forgets everything after `position`. */
  truncate(position: number): void {
    this.#position = position;
  }

  /** Makes room for `bytes` more and returns the position to write at; call `advance` afterwards. */
  reserve(bytes: number): number {
    const needed = this.#position + bytes;
    if (needed > this.#buffer.length) this.#grow(needed);
    return this.#position;
  }

  advance(bytes: number): void {
    this.#position += bytes;
  }

  writeByte(value: number): void {
    const at = this.reserve(1);
    this.#buffer[at] = value;
    this.#position = at + 1;
  }

  writeUint32(value: number): void {
    const at = this.reserve(4);
    this.#buffer.writeUInt32BE(value >>> 0, at);
    this.#position = at + 4;
  }

  /** Milliseconds and other numbers beyond 32 bits. */
  writeDouble(value: number): void {
    const at = this.reserve(8);
    this.#buffer.writeDoubleBE(value, at);
    this.#position = at + 8;
  }

  writeVarint(value: number): void {
    let at = this.reserve(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.#buffer[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[at++] = rest;
    this.#position = at;
  }

  writeBytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#buffer.set(bytes, at);
    this.#position = at + bytes.length;
  }

  /** Appends UTF-8 and returns the number of bytes. */
  writeText(text: string): number {
    const at = this.reserve(text.length * 3);
    const written = this.#buffer.write(text, at);
    this.#position = at + written;
    return written;
  }

  /** Appends text or bytes as they are and returns the number of bytes. */
  write(content: string | Uint8Array): number {
    if (typeof content === 'string') return this.writeText(content);
    this.writeBytes(content);
    return content.length;
  }

  /** Appends a varint length and then the content. */
  writePrefixed(content: string | Uint8Array): void {
    if (typeof content !== 'string') {
      this.writeVarint(content.length);
      this.writeBytes(content);
      return;
    }
    this.writeVarint(Buffer.byteLength(content));
    this.writeText(content);
  }

  #grow(needed: number): void {
    let size = this.#buffer.length * 2;
    while (size < needed) size *= 2;
    const larger = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(larger, 0, 0, this.#position);
    this.#buffer = larger;
  }
}
