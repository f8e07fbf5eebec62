const SMALL_BYTES = 1_024;
const LARGE_BYTES = 65_536;
const MOST_SMALL = 4_096;
const MOST_LARGE = 128;

/**
 * Output buffers for connections that have output. Most turns write an acknowledgement or two to a connection, so a
 * connection starts with a small buffer and changes to a large one when it needs it.
 */
export class BufferPool {
  readonly #small: Buffer[] = [];
  readonly #large: Buffer[] = [];

  /** A buffer of at least `bytes`; its content is arbitrary. */
  acquire(bytes: number): Buffer {
    if (bytes <= SMALL_BYTES) return this.#small.pop() ?? Buffer.allocUnsafeSlow(SMALL_BYTES);
    if (bytes <= LARGE_BYTES) return this.#large.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES);
    return Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes back a buffer that nobody reads or writes any more. */
  release(buffer: Buffer): void {
    if (buffer.length === SMALL_BYTES && this.#small.length < MOST_SMALL) this.#small.push(buffer);
    else if (buffer.length === LARGE_BYTES && this.#large.length < MOST_LARGE) this.#large.push(buffer);
  }
}
