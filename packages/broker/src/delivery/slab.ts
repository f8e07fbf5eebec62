import { copyBytes } from './copy-bytes.ts';

const SLAB_BYTES = 32_768;
const LARGE_BYTES = 4_096;

/**
 * Memory for messages that outlive the chunk they came in. Messages kept one after the other lie one after the other,
 * so a queue of them can be sent as one run. A slab is never reused: it goes when its last message goes.
 */
class Slab {
  bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  /** Reserves `length` bytes in `bytes` and answers where they begin. Ask for `bytes` afterwards: it may be another. */
  reserve(length: number): number {
    if (this.#used + length > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }
}

const slab = new Slab();

/** Where bytes lie. */
export interface Place {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Reserves memory of its own for a large message, a piece of a slab for others. */
export function reserve(length: number): Place {
  if (length > LARGE_BYTES) return { bytes: Buffer.allocUnsafeSlow(length), at: 0 };
  const at = slab.reserve(length);
  return { bytes: slab.bytes, at };
}

/** Copies `source[start, end)` to memory that stays. */
export function store(source: Buffer, start: number, end: number): Place {
  const place = reserve(end - start);
  copyBytes(source, start, end, place.bytes, place.at);
  return place;
}
