import type { EncodedRecord, RecordWriter } from '@millrace/contract';
import { RECORD_HEADER_BYTES } from './layout.ts';
import type { Segment } from './segment.ts';

/** A run of whole frames: the unit in which the log is held in memory, written, released and read back. */
export class Block {
  firstSequence = 0;
  /** Owner of the memory while the block has been filled by this process and not been released. */
  writer: RecordWriter | undefined;
  /** Memory of a block that was read back. */
  loaded: Buffer | undefined;
  /** Where the bytes are on disk; undefined while they are in memory only. */
  segment: Segment | undefined;
  fileOffset = 0;
  /** Bytes of closed frames. */
  length = 0;
  /** Bytes that are in the file. */
  written = 0;
  /** Bytes that may be read: their group commit is through. */
  readable = 0;
  count = 0;
  /** Records in the file. */
  writtenCount = 0;
  /** Records without an outcome. */
  outstanding = 0;
  /** No frame will be added. */
  isSealed = false;
  /** The reader has taken its last record. */
  isPassed = false;
  /** What the memory budget was charged. */
  heldBytes = 0;
  /** False once somebody beyond the log may hold on to the memory for longer than the record lives. */
  isRecyclable = true;

  get memory(): Buffer | undefined {
    return this.writer?.buffer ?? this.loaded;
  }

  get isWritten(): boolean {
    return this.written === this.length;
  }
}

/** A record that has left the log for a lane and has no outcome yet. One small object, kept only inside the window. */
export class Entry implements EncodedRecord {
  bytes: Buffer;
  start: number;
  end: number;
  readonly enqueuedAt: number;
  readonly sequence: number;
  readonly keyHash: number;
  /** Index of the outcome listener; see `Origins`. */
  readonly origin: number;
  readonly block: Block;
  /** Calls it has been part of. */
  attempts = 0;
  /** Handed to the sink and not settled since. */
  isInflight = false;
  isSettled = false;

  constructor(
    block: Block,
    bytes: Buffer,
    start: number,
    end: number,
    enqueuedAt: number,
    sequence: number,
    keyHash: number,
    origin: number,
  ) {
    this.block = block;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.enqueuedAt = enqueuedAt;
    this.sequence = sequence;
    this.keyHash = keyHash;
    this.origin = origin;
  }

  /** What the record takes in the log. */
  get size(): number {
    return this.end - this.start + RECORD_HEADER_BYTES;
  }

  /** Moves the bytes into memory of their own, so that the block can be released. */
  detach(): void {
    this.bytes = Buffer.from(this.bytes.subarray(this.start, this.end));
    this.end -= this.start;
    this.start = 0;
  }
}
