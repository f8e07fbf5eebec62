import type { RecordWriter } from '@millrace/contract';
import { Block } from './block.ts';
import { FRAME_HEADER_BYTES, RECORD_HEADER_BYTES, writeFrameHeader, writeRecordHeader } from './layout.ts';
import type { BufferMemory } from './memory.ts';

/** Appends records to the open frame of the open block. Sinks encode straight into it. */
export class FrameWriter {
  /** First sequence number that has not been given out. */
  nextSequence: number;
  blockBytes: number;
  readonly #memory: BufferMemory;
  readonly #now: () => number;
  readonly #onBlock: (block: Block) => void;
  #block: Block | undefined;
  #writer: RecordWriter | undefined;
  #frameAt = -1;
  #recordAt = 0;
  #count = 0;
  #enqueuedAt = 0;

  /** `onBlock` hears of each new block before its first record. */
  constructor(options: {
    memory: BufferMemory;
    now: () => number;
    blockBytes: number;
    nextSequence: number;
    onBlock: (block: Block) => void;
  }) {
    this.#memory = options.memory;
    this.#now = options.now;
    this.blockBytes = options.blockBytes;
    this.nextSequence = options.nextSequence;
    this.#onBlock = options.onBlock;
  }

  get block(): Block | undefined {
    return this.#block;
  }

  /** Records of the open frame. */
  get openCount(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#writer !== undefined && this.#writer.position >= this.blockBytes;
  }

  /** The writer, positioned for the body of the next record; `end` or `cancel` follows. */
  begin(): RecordWriter {
    const writer = this.#writer ?? this.#openBlock();
    if (this.#frameAt < 0) this.#openFrame(writer);
    this.#recordAt = writer.reserve(RECORD_HEADER_BYTES);
    writer.advance(RECORD_HEADER_BYTES);
    return writer;
  }

  /** Finishes the record and returns its size in the log. */
  end(writer: RecordWriter, keyHash: number, origin: number): number {
    const size = writer.position - this.#recordAt;
    writeRecordHeader(writer.buffer, this.#recordAt, size - RECORD_HEADER_BYTES, keyHash, origin);
    this.#count += 1;
    this.nextSequence += 1;
    return size;
  }

  /** Discards what was appended since `begin`. */
  cancel(writer: RecordWriter): void {
    writer.truncate(this.#recordAt);
  }

  /** Closes the open frame and returns its block, or undefined when the frame holds nothing. */
  closeFrame(): Block | undefined {
    const block = this.#block;
    const writer = this.#writer;
    if (block === undefined || writer === undefined || this.#frameAt < 0) return undefined;
    const count = this.#count;
    if (count === 0) writer.truncate(this.#frameAt);
    else {
      const payloadLength = writer.position - this.#frameAt - FRAME_HEADER_BYTES;
      const firstSequence = this.nextSequence - count;
      writeFrameHeader(writer.buffer, this.#frameAt, {
        payloadLength,
        count,
        firstSequence,
        enqueuedAt: this.#enqueuedAt,
      });
      block.length = writer.position;
      block.count += count;
      block.outstanding += count;
    }
    this.#frameAt = -1;
    this.#count = 0;
    return count === 0 ? undefined : block;
  }

  /** The next record starts a new block. The open frame must be closed. */
  seal(): void {
    if (this.#block !== undefined) this.#block.isSealed = true;
    this.#block = undefined;
    this.#writer = undefined;
  }

  #openBlock(): RecordWriter {
    const block = new Block();
    const writer = this.#memory.takeWriter();
    block.firstSequence = this.nextSequence;
    block.writer = writer;
    this.#block = block;
    this.#writer = writer;
    this.#onBlock(block);
    return writer;
  }

  #openFrame(writer: RecordWriter): void {
    this.#frameAt = writer.reserve(FRAME_HEADER_BYTES);
    writer.advance(FRAME_HEADER_BYTES);
    this.#enqueuedAt = this.#now();
  }
}
