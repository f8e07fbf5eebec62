import { Fifo } from '../fifo.ts';
import { type Block, Entry } from './block.ts';
import { FRAME_HEADER_BYTES, RECORD_HEADER_BYTES, readFrameHeader } from './layout.ts';

/** Walks the log once, in order, as far as its group commits are through. */
export class LogReader {
  readonly #blocks = new Fifo<Block>();
  readonly #load: (block: Block) => Buffer;
  readonly #onPassed: (block: Block) => void;
  #offset = 0;
  /** Records of the current frame that have not been read. */
  #remaining = 0;
  #sequence = 0;
  #enqueuedAt = 0;

  /** `load` reads a block back and may throw; `onPassed` hears of each block whose last record was taken. */
  constructor(load: (block: Block) => Buffer, onPassed: (block: Block) => void) {
    this.#load = load;
    this.#onPassed = onPassed;
  }

  /** The block that the next record is in; its memory is in use. */
  get current(): Block | undefined {
    return this.#blocks.peek();
  }

  add(block: Block): void {
    this.#blocks.push(block);
  }

  /** When the next record entered the log; undefined when there is none to read. */
  peekEnqueuedAt(): number | undefined {
    return this.#seek() === undefined ? undefined : this.#enqueuedAt;
  }

  next(): Entry | undefined {
    const block = this.#seek();
    if (block === undefined) return undefined;
    const bytes = block.memory!; // `#seek` has loaded it
    const at = this.#offset;
    const start = at + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt32BE(at);
    const sequence = this.#sequence;
    this.#skip(end);
    return new Entry(
      block,
      bytes,
      start,
      end,
      this.#enqueuedAt,
      sequence,
      bytes.readUInt32BE(at + 4),
      bytes.readUInt16BE(at + 8),
    );
  }

  /** Puts the position on the next record without an outcome and returns its block. */
  #seek(): Block | undefined {
    for (;;) {
      const block = this.#blocks.peek();
      if (block === undefined) return undefined;
      if (this.#offset >= block.readable) {
        if (!block.isSealed || block.readable < block.length) return undefined;
        this.#leave(block);
        continue;
      }
      const bytes = block.memory ?? this.#load(block);
      if (this.#remaining === 0) this.#enterFrame(bytes);
      if (block.segment?.isSettled(this.#sequence) !== true) return block;
      this.#skip(this.#offset + RECORD_HEADER_BYTES + bytes.readUInt32BE(this.#offset));
    }
  }

  #enterFrame(bytes: Buffer): void {
    const frame = readFrameHeader(bytes, this.#offset);
    this.#offset += FRAME_HEADER_BYTES;
    this.#remaining = frame.count;
    this.#sequence = frame.firstSequence;
    this.#enqueuedAt = frame.enqueuedAt;
  }

  #skip(end: number): void {
    this.#offset = end;
    this.#remaining -= 1;
    this.#sequence += 1;
  }

  #leave(block: Block): void {
    this.#blocks.shift();
    this.#offset = 0;
    block.isPassed = true;
    this.#onPassed(block);
  }
}
