import { RecordWriter } from '@millrace/contract';

const BLOCK_BYTES = 256 * 1024;
const POOLED_WRITERS = 64;

/**
 * Memory of all logs of a node: counts what their blocks hold against one budget, and keeps a few writers for the next
 * block, so that a steady flow allocates nothing.
 */
export class BufferMemory {
  readonly budgetBytes: number;
  #heldBytes = 0;
  readonly #writers: RecordWriter[] = [];

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isOverBudget(): boolean {
    return this.#heldBytes > this.budgetBytes;
  }

  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  takeWriter(): RecordWriter {
    return this.#writers.pop() ?? new RecordWriter();
  }

  /** Takes a writer back; nobody may still read from its buffer. */
  giveWriter(writer: RecordWriter): void {
    if (writer.buffer.length > 2 * BLOCK_BYTES || this.#writers.length >= POOLED_WRITERS) return;
    writer.truncate(0);
    this.#writers.push(writer);
  }
}

/** Block size of a log with segments of that size: several blocks fit into a segment. */
export function blockBytesFor(segmentBytes: number): number {
  return Math.max(1024, Math.min(BLOCK_BYTES, Math.floor(segmentBytes / 4)));
}
