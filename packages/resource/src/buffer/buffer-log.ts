import type { BufferMode, RecordWriter } from '@millrace/contract';
import type { Counters, OutcomeCode } from '../metrics/counters.ts';
import type { Clock } from '../ports.ts';
import type { Block, Entry } from './block.ts';
import type { Files } from './files.ts';
import { FrameWriter } from './frame-writer.ts';
import { OwnedGate } from './gate.ts';
import { LogReader } from './log-reader.ts';
import { type BufferMemory, blockBytesFor } from './memory.ts';
import { type Recovered, recover } from './recovery.ts';
import type { Segment } from './segment.ts';
import { Storage, type StorageState } from './storage.ts';
import { type FsyncPolicy, Syncer } from './syncer.ts';

export interface LogSettings {
  readonly mode: BufferMode;
  readonly fsync: FsyncPolicy;
  readonly maxBytes: number;
  readonly segmentBytes: number;
}

export interface LogOptions {
  readonly directory: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly memory: BufferMemory;
  readonly settings: LogSettings;
  /** The log cannot write, read or sync; called again at each attempt that fails. */
  readonly onFailure: (what: LogFailure, error: Error) => void;
  /** The log has work for the next `commit`. */
  readonly onDirty: () => void;
}

type LogFailure = 'write' | 'read' | 'sync' | 'meta';

const RETRY_MS = 1000;
/** Part of the budget that is kept in memory when the rest can be on disk. */
const MEMORY_SHARE = 0.25;
const MOST_MEMORY_SHARE_BYTES = 64 * 1024 * 1024;

/**
 * The buffer of one action: an append-only log in memory, in files, or both. `docs/specs/buffer.md` is its contract.
 *
 * Invariants: a record is readable only once its group commit is through · records are read in the order of their
 * sequence numbers · `outstanding` counts every record without an outcome · a gate opens only after the write (and, when
 * asked for, the sync) of its frame has succeeded.
 */
export class BufferLog {
  readonly counters: Counters;
  /** What the directory held when it was opened. */
  readonly recovered: Recovered;
  #outstanding: number;
  #outstandingBytes: number;
  #settings: LogSettings;
  readonly #options: LogOptions;
  readonly #storage: Storage;
  readonly #syncer: Syncer;
  readonly #frames: FrameWriter;
  readonly #reader: LogReader;
  /** Blocks with closed frames whose group commit is not through. */
  readonly #uncommitted: Block[] = [];
  #gate: OwnedGate | undefined;
  #failure: Error | undefined;
  #cancelRetry: (() => void) | undefined;
  #readFailure: Error | undefined;
  #readRetryAt = 0;
  #heldBytes = 0;
  #passedBytes = 0;
  #uncommittedBytes = 0;
  #isClosed = false;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { files, directory, clock, memory, settings } = options;
    const blockBytes = blockBytesFor(settings.segmentBytes);
    this.recovered = recover(files, directory, blockBytes);
    this.counters = this.recovered.counters;
    this.#outstanding = this.recovered.outstanding;
    this.#outstandingBytes = this.recovered.outstandingBytes;
    this.#storage = new Storage(files, directory, settings.segmentBytes);
    this.#storage.isSynced = settings.fsync !== 'never';
    this.#syncer = new Syncer(
      settings.fsync,
      clock,
      () => this.#storage.segments,
      (error) => options.onFailure('sync', error),
    );
    this.#reader = new LogReader(
      (block) => this.#load(block),
      (block) => this.#passed(block),
    );
    const nextSequence = this.recovered.nextSequence;
    this.#frames = new FrameWriter({
      memory,
      now: () => clock.now(),
      blockBytes,
      nextSequence,
      onBlock: (block) => this.#reader.add(block),
    });
    this.#adopt();
  }

  /** Records without an outcome: queued or in flight. */
  get outstanding(): number {
    return this.#outstanding;
  }

  get outstandingBytes(): number {
    return this.#outstandingBytes;
  }

  get mode(): BufferMode {
    return this.#settings.mode;
  }

  get maxBytes(): number {
    return this.#settings.maxBytes;
  }

  /** The error that keeps gates closed or records unread; undefined while all is well. */
  get failure(): Error | undefined {
    return this.#failure ?? this.#readFailure;
  }

  /** True while the disk takes nothing and memory has taken its share: nothing more can be kept. */
  get isRefusing(): boolean {
    return this.#failure !== undefined && this.#uncommittedBytes >= this.#memoryShare();
  }

  /** Memory of blocks that are read and wait for the outcome of some of their records. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  /** The sequence number that the next record gets. */
  get nextSequence(): number {
    return this.#frames.nextSequence;
  }

  begin(): RecordWriter {
    return this.#frames.begin();
  }

  cancel(writer: RecordWriter): void {
    this.#frames.cancel(writer);
  }

  /** Takes the record that was encoded since `begin`. */
  end(writer: RecordWriter, keyHash: number, origin: number): void {
    const size = this.#frames.end(writer, keyHash, origin);
    this.#outstanding += 1;
    this.#outstandingBytes += size;
    this.#uncommittedBytes += size;
    if (this.#frames.isFull) this.#sealBlock();
  }

  /** What the publishers of all records since the last commit wait for. */
  gate(): OwnedGate {
    this.#gate ??= new OwnedGate();
    return this.#gate;
  }

  /** Group commit: one write for the records, one for the outcomes since the last call; nothing when there are none. */
  commit(): void {
    if (this.#isClosed) return;
    this.#closeFrame();
    if (this.#uncommitted.length > 0 && this.#failure === undefined) this.#publish();
    this.#flush();
  }

  next(): Entry | undefined {
    if (!this.#mayRead()) return undefined;
    try {
      return this.#reader.next();
    } catch (error) {
      return this.#readFailed(error as Error);
    }
  }

  /** When the next unread record entered; undefined when there is none. */
  peekEnqueuedAt(): number | undefined {
    if (!this.#mayRead()) return undefined;
    try {
      return this.#reader.peekEnqueuedAt();
    } catch (error) {
      return this.#readFailed(error as Error);
    }
  }

  /** Gives a record its outcome. Once per record. */
  settle(entry: Entry, code: OutcomeCode, retried: boolean): void {
    const { block } = entry;
    this.#outstanding -= 1;
    this.#outstandingBytes -= entry.size;
    this.counters.add(code, 1, retried);
    entry.isSettled = true;
    block.outstanding -= 1;
    if (block.segment?.isDurable === true) block.segment.settle(entry.sequence, code, retried);
    else if (block.segment !== undefined) block.segment.outstanding -= 1;
    if (block.outstanding === 0 && block.isPassed) this.#finish(block);
  }

  /** Counts records that never enter the log. */
  count(code: OutcomeCode, count: number): void {
    this.counters.add(code, count, false);
    if (this.#settings.mode === 'durable') this.#storage.addUnlogged(code, count);
  }

  /** Moves records that are read but not settled into memory of their own and lets go of their blocks. */
  releasePassed(entries: Iterable<Entry>): void {
    const blocks = new Set<Block>();
    for (const entry of entries) {
      if (!entry.block.isPassed || entry.block.heldBytes === 0) continue;
      entry.detach();
      blocks.add(entry.block);
    }
    for (const block of blocks) {
      block.isRecyclable = false;
      this.#passedBytes -= block.heldBytes;
      this.#letGo(block);
    }
  }

  /** Applies edited settings. What is in the log stays where it is; the mode holds for what comes. */
  configure(settings: LogSettings): void {
    this.commit();
    if (settings.mode !== this.#settings.mode) {
      this.#sealBlock();
      this.#storage.rotate();
    }
    this.#settings = settings;
    this.#storage.segmentBytes = settings.segmentBytes;
    this.#storage.isSynced = settings.fsync !== 'never';
    this.#frames.blockBytes = blockBytesFor(settings.segmentBytes);
    this.#syncer.policy = settings.fsync;
  }

  /** Sets all counters to zero; records without an outcome stay. */
  reset(): void {
    this.commit();
    this.counters.clear();
    this.saveCounters();
  }

  /** Writes the counters that no ack file accounts for. */
  saveCounters(): void {
    try {
      this.#storage.saveMeta(this.#state());
    } catch (error) {
      this.#options.onFailure('meta', error as Error);
    }
  }

  /** Gives memory back that only a busy log needs. */
  trim(): void {
    if (this.#frames.block?.outstanding !== 0 || this.#frames.openCount > 0) return;
    this.#sealBlock();
    this.#reader.peekEnqueuedAt();
  }

  /** Writes what is left and lets go of every file. The log is of no use afterwards. */
  async close(): Promise<void> {
    this.#retry();
    await this.#syncer.close();
    this.#storage.rotate();
    this.#flush();
    this.saveCounters();
    this.#end();
    this.#storage.close();
  }

  /** Removes the log with everything in it. */
  async remove(): Promise<void> {
    await this.#syncer.close();
    this.#end();
    this.#storage.remove();
  }

  #adopt(): void {
    for (const segment of this.recovered.segments) this.#storage.segments.add(segment);
    for (const block of this.recovered.blocks) this.#reader.add(block);
    this.#flush();
    if (this.recovered.unkept > 0) this.saveCounters();
  }

  #end(): void {
    this.#isClosed = true;
    this.#cancelRetry?.();
    this.#options.memory.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #closeFrame(): void {
    const block = this.#frames.closeFrame();
    if (block !== undefined && this.#uncommitted.at(-1) !== block) this.#uncommitted.push(block);
  }

  #sealBlock(): void {
    this.#closeFrame();
    const block = this.#frames.block;
    this.#frames.seal();
    // A block that is committed already will not come by `#publish` again.
    if (block !== undefined && !this.#uncommitted.includes(block)) this.#sealed(block);
  }

  #publish(): void {
    try {
      for (let block = this.#uncommitted[0]; block !== undefined; block = this.#uncommitted[0]) {
        if (this.#settings.mode === 'durable') this.#storage.write(block, true);
        block.readable = block.length;
        this.#uncommitted.shift();
        if (block.isSealed) this.#sealed(block);
      }
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#failure = undefined;
    this.#uncommittedBytes = 0;
    const gate = this.#gate;
    this.#gate = undefined;
    if (this.#settings.mode === 'durable') this.#syncer.written(gate);
    else gate?.open();
  }

  /** The gate stays closed, and the same bytes are written again after a while. */
  #fail(error: Error): void {
    this.#failure = error;
    this.#options.onFailure('write', error);
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#failure = undefined;
    this.commit();
    this.#options.onDirty();
  }

  #flush(): void {
    if (this.#failure !== undefined) return;
    try {
      const removed = this.#storage.flush(this.#state());
      this.#frames.nextSequence = Math.max(this.#frames.nextSequence, removed + 1);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #state(): StorageState {
    const unwritten =
      this.#settings.mode === 'durable'
        ? this.#uncommitted.reduce((sum, block) => sum + block.count - block.writtenCount, 0)
        : 0;
    return { counters: this.counters, nextSequence: this.nextSequence, outstanding: this.#outstanding - unwritten };
  }

  /** A sealed block stays in memory while there is room, or when there is no other place for it. */
  #sealed(block: Block): void {
    this.#hold(block, block.memory?.length ?? 0);
    if (this.#settings.mode === 'memory_only' || block === this.#reader.current) return;
    if (this.#heldBytes <= this.#memoryShare() && !this.#options.memory.isOverBudget) return;
    if (this.#settings.mode === 'volatile_offload' && !this.#spill(block)) return;
    if (block.isWritten) this.#letGo(block);
  }

  #spill(block: Block): boolean {
    try {
      this.#storage.write(block, false);
      return true;
    } catch (error) {
      this.#options.onFailure('write', error as Error);
      return false;
    }
  }

  #memoryShare(): number {
    return Math.min(this.#settings.maxBytes * MEMORY_SHARE, MOST_MEMORY_SHARE_BYTES);
  }

  #load(block: Block): Buffer {
    const segment: Segment | undefined = block.segment;
    if (segment === undefined) throw new Error('a block that is in no file has lost its memory');
    block.loaded = segment.read(block.fileOffset, block.length);
    this.#hold(block, block.length);
    return block.loaded;
  }

  #mayRead(): boolean {
    if (this.#readFailure === undefined) return true;
    if (this.#options.clock.now() < this.#readRetryAt) return false;
    this.#readFailure = undefined;
    return true;
  }

  /** The log stands still, in order, until the file can be read again. */
  #readFailed(error: Error): undefined {
    this.#readFailure = error;
    this.#readRetryAt = this.#options.clock.now() + RETRY_MS;
    this.#options.onFailure('read', error);
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => this.#retry());
  }

  #passed(block: Block): void {
    this.#passedBytes += block.heldBytes;
    if (block.outstanding === 0) this.#finish(block);
  }

  #finish(block: Block): void {
    this.#passedBytes -= block.heldBytes;
    this.#letGo(block);
  }

  #hold(block: Block, bytes: number): void {
    block.heldBytes = bytes;
    this.#heldBytes += bytes;
    this.#options.memory.hold(bytes);
  }

  #letGo(block: Block): void {
    this.#heldBytes -= block.heldBytes;
    this.#options.memory.release(block.heldBytes);
    block.heldBytes = 0;
    if (block.writer !== undefined && block.isRecyclable) this.#options.memory.giveWriter(block.writer);
    block.writer = undefined;
    block.loaded = undefined;
  }
}
