import { Counters, OUTCOME_NAMES, type OutcomeCode } from '../metrics/counters.ts';
import type { Block } from './block.ts';
import type { Files } from './files.ts';
import { readFrameHeader, sealFrames } from './layout.ts';
import { writeMeta } from './meta.ts';
import { Segment } from './segment.ts';

/** State that the base counters in `meta.json` are computed from. */
export interface StorageState {
  readonly counters: Counters;
  readonly nextSequence: number;
  /** Records without an outcome, wherever they are, except those that wait for their first write to a durable file. */
  readonly outstanding: number;
}

/** The directory of one log: its segments, ack files and `meta.json`. All calls are synchronous and may throw what the file system says. */
export class Storage {
  segmentBytes: number;
  /** Whether `meta.json` is synced before it replaces the old one. */
  isSynced = true;
  readonly directory: string;
  readonly files: Files;
  readonly segments = new Set<Segment>();
  #active: Segment | undefined;
  #spill: Segment | undefined;
  #isPrepared = false;
  /** Outcomes of records that never entered the log and are in no ack file yet. */
  #unlogged = new Counters();
  #hasUnlogged = false;

  constructor(files: Files, directory: string, segmentBytes: number) {
    this.files = files;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  get active(): Segment | undefined {
    return this.#active;
  }

  /** Appends what a block holds beyond the file: to the active segment, or to the spill file. */
  write(block: Block, isDurable: boolean): void {
    const bytes = block.memory;
    if (bytes === undefined || block.isWritten) return;
    const segment = block.segment ?? this.#segmentFor(readFrameHeader(bytes, 0).firstSequence, isDurable);
    if (isDurable) sealFrames(bytes, block.written, block.length);
    const offset = segment.size;
    segment.append(bytes, block.written, block.length);
    if (block.segment === undefined) block.fileOffset = offset;
    segment.outstanding += isDurable ? block.count - block.writtenCount : block.outstanding;
    block.segment = segment;
    block.written = block.length;
    block.writtenCount = block.count;
  }

  /** Counts outcomes of records that never entered the log; `flush` writes them. */
  addUnlogged(code: OutcomeCode, count: number): void {
    this.#unlogged.add(code, count, false);
    this.#hasUnlogged = true;
  }

  /**
   * Writes outcomes to the ack files and removes the segments that are settled. Answers with the highest name that went:
   * no record may get that sequence number any more, for `meta.json` declares its file dead.
   */
  flush(state: StorageState): number {
    if (this.#hasUnlogged) this.#flushUnlogged(state.nextSequence);
    const settled: Segment[] = [];
    for (const segment of this.segments) {
      if (segment.hasPendingAcks) segment.flushAcks();
      if (segment.outstanding === 0 && segment !== this.#active && segment !== this.#spill) settled.push(segment);
    }
    if (settled.length > 0) this.#retire(settled, state);
    return settled.reduce((highest, segment) => Math.max(highest, segment.firstSequence), 0);
  }

  /** The next durable record starts a new segment. */
  rotate(): void {
    this.#active = undefined;
    this.#spill = undefined;
  }

  saveMeta(state: StorageState, removed: readonly number[] = []): void {
    this.#prepare();
    const base = new Counters();
    base.addAll(state.counters);
    let kept = 0;
    for (const segment of this.segments) {
      if (!segment.isDurable) continue;
      base.addAll(segment.tally, -1);
      kept += segment.outstanding;
    }
    const meta = {
      counters: base,
      nextSequence: state.nextSequence,
      unkept: Math.max(0, state.outstanding - kept),
      removed,
    };
    writeMeta(this.files, this.directory, meta, this.isSynced);
    this.#unlogged.clear();
    this.#hasUnlogged = false;
  }

  close(): void {
    for (const segment of this.segments) segment.close();
  }

  /** Removes the directory with everything in it. */
  remove(): void {
    this.close();
    this.files.rmSync(this.directory, { recursive: true, force: true });
  }

  #segmentFor(firstSequence: number, isDurable: boolean): Segment {
    const current = isDurable ? this.#active : this.#spill;
    const hasRoom = current !== undefined && current.size + current.ackBytes < this.segmentBytes;
    if (hasRoom && current.firstSequence <= firstSequence) return current;
    return this.#open(firstSequence, isDurable);
  }

  /** Makes a segment the one that is written to. One that holds only unlogged outcomes may have the name already. */
  #open(firstSequence: number, isDurable: boolean): Segment {
    let segment: Segment | undefined;
    for (const each of this.segments)
      if (each.firstSequence === firstSequence && each.isDurable === isDurable) segment = each;
    segment ??= this.#create(firstSequence, isDurable);
    if (isDurable) this.#active = segment;
    else this.#spill = segment;
    return segment;
  }

  #create(firstSequence: number, isDurable: boolean): Segment {
    this.#prepare();
    const segment = new Segment(this.files, this.directory, firstSequence, isDurable);
    segment.create();
    this.segments.add(segment);
    return segment;
  }

  #flushUnlogged(nextSequence: number): void {
    const segment = this.#active ?? this.#open(nextSequence, true);
    const unlogged = this.#unlogged;
    this.#unlogged = new Counters();
    this.#hasUnlogged = false;
    for (let code = 0; code < OUTCOME_NAMES.length; code++) {
      const count = unlogged.of(code as OutcomeCode);
      if (count > 0) segment.appendUnlogged(code as OutcomeCode, count);
    }
  }

  /** First the base takes the tallies over, then the files go: a crash in between counts nothing twice. */
  #retire(settled: readonly Segment[], state: StorageState): void {
    for (const segment of settled) this.segments.delete(segment);
    const durable = settled.filter((segment) => segment.isDurable);
    try {
      if (durable.length > 0) {
        this.saveMeta(
          state,
          durable.map((segment) => segment.firstSequence),
        );
      }
    } catch (error) {
      for (const segment of settled) this.segments.add(segment);
      throw error;
    }
    for (const segment of settled) segment.remove();
  }

  #prepare(): void {
    if (this.#isPrepared) return;
    this.files.mkdirSync(this.directory, { recursive: true });
    this.#isPrepared = true;
  }
}
