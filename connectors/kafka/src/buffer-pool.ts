const SMALLEST = 16 * 1024;

/**
 * Memory for batches, used again once a batch is answered: fresh megabytes for each cost more (page faults, garbage
 * collection) than filling them.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** At least `size` bytes, with old contents. */
  take(size: number): Buffer {
    const index = this.#free.findIndex((buffer) => buffer.length >= size);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    return found ?? Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(size, SMALLEST))));
  }

  /** Takes back what nobody reads any more. */
  give(buffer: Buffer): void {
    if (this.#free.length >= this.#most) this.#free.shift();
    this.#free.push(buffer);
  }
}
