import { join } from 'node:path';
import { Counters, OUTCOME_NAMES, OutcomeCode } from '../metrics/counters.ts';
import { Block } from './block.ts';
import type { Files } from './files.ts';
import {
  ACK_BYTES,
  checkedFrameAt,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC_BYTES,
  type FrameHeader,
  RECORD_HEADER_BYTES,
  readAcks,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  SEGMENT_SUFFIX,
} from './layout.ts';
import { readMeta } from './meta.ts';
import { Segment } from './segment.ts';

/** What a directory held when it was opened. */
export interface Recovered {
  readonly segments: readonly Segment[];
  /** Blocks with records that have no outcome, in order. */
  readonly blocks: readonly Block[];
  readonly counters: Counters;
  readonly nextSequence: number;
  readonly outstanding: number;
  readonly outstandingBytes: number;
  /** Records of damaged frames in the middle of a segment; counted `dropped.other`. */
  readonly damaged: number;
  /** Records that were in memory only when the process ended; counted `dropped.other`. */
  readonly unkept: number;
}

interface Found {
  readonly blocks: Block[];
  nextSequence: number;
  outstanding: number;
  outstandingBytes: number;
  damaged: number;
}

/** Reads a log directory as the last process left it, wherever that process ended. */
export function recover(files: Files, directory: string, blockBytes: number): Recovered {
  const meta = files.existsSync(directory) ? readMeta(files, directory) : undefined;
  const counters = meta?.counters ?? new Counters();
  const unkept = meta?.unkept ?? 0;
  counters.add(OutcomeCode.other, unkept, false);
  const found: Found = {
    blocks: [],
    nextSequence: meta?.nextSequence ?? 1,
    outstanding: 0,
    outstandingBytes: 0,
    damaged: 0,
  };
  for (const firstSequence of meta?.removed ?? []) found.nextSequence = Math.max(found.nextSequence, firstSequence + 1);
  const segments: Segment[] = [];
  for (const firstSequence of segmentsToRead(files, directory, new Set(meta?.removed))) {
    const segment = readSegment(files, directory, firstSequence, blockBytes, found);
    if (segment === undefined) continue;
    segments.push(segment);
    counters.addAll(segment.tally);
  }
  return { ...found, segments, counters, unkept };
}

/** Removes what does not outlive a process, and answers with the first sequence numbers of the rest in order. */
function segmentsToRead(files: Files, directory: string, removed: ReadonlySet<number>): number[] {
  if (!files.existsSync(directory)) return [];
  const keep: number[] = [];
  for (const name of files.readdirSync(directory)) {
    const match = /^(\d{16})\.(seg|spill|ack)$/.exec(name);
    if (match === null) continue;
    const firstSequence = Number(match[1]);
    if (match[2] === 'spill' || removed.has(firstSequence)) files.rmSync(join(directory, name), { force: true });
    else if (name.endsWith(SEGMENT_SUFFIX)) keep.push(firstSequence);
  }
  return keep.sort((left, right) => left - right);
}

function readSegment(
  files: Files,
  directory: string,
  firstSequence: number,
  blockBytes: number,
  found: Found,
): Segment | undefined {
  const segment = new Segment(files, directory, firstSequence, true);
  const bytes = files.readFileSync(segment.path);
  // A crash while the file was created leaves less than a header: it never held a record.
  if (readSegmentHeader(bytes) === undefined && bytes.length >= SEGMENT_HEADER_BYTES) {
    throw new Error(`${segment.path} is no segment of this version; move it away to go on without its records`);
  }
  segment.settledBits = readSettled(files, segment);
  // The name is taken, even if no record came to be in it.
  found.nextSequence = Math.max(found.nextSequence, firstSequence + 1);
  segment.size = readFrames(bytes, segment, blockBytes, found);
  segment.syncedSize = segment.size;
  cutOff(files, segment, bytes.length);
  if (segment.hasPendingAcks) segment.flushAcks();
  return segment;
}

/** The settled records of a segment as bits; an entry that repeats a record counts once. */
function readSettled(files: Files, segment: Segment): Uint8Array {
  let bits = new Uint8Array(64);
  if (!files.existsSync(segment.ackPath)) return bits;
  const ranges = readAcks(files.readFileSync(segment.ackPath));
  segment.ackBytes = ranges.length * ACK_BYTES;
  for (const { offset, count, outcome, retried, unlogged } of ranges) {
    const code = (outcome < OUTCOME_NAMES.length ? outcome : OutcomeCode.other) as OutcomeCode;
    if (unlogged) {
      segment.tally.add(code, count, false);
      continue;
    }
    const needed = (offset + count + 7) >> 3;
    if (needed > bits.length) bits = grow(bits, needed);
    segment.tally.add(code, setBits(bits, offset, count), retried);
  }
  return bits;
}

function grow(bits: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bits.length * 2));
  larger.set(bits);
  return larger;
}

/** Sets a range of bits and returns how many were not set before. */
function setBits(bits: Uint8Array, offset: number, count: number): number {
  let fresh = 0;
  for (let index = offset; index < offset + count; index++) {
    const mask = 1 << (index & 7);
    if ((bits[index >> 3]! & mask) !== 0) continue;
    bits[index >> 3]! |= mask;
    fresh += 1;
  }
  return fresh;
}

/** Finds all undamaged frames, groups them into blocks, and returns where the last one ends. */
function readFrames(bytes: Buffer, segment: Segment, blockBytes: number, found: Found): number {
  let expected = segment.firstSequence;
  let at = SEGMENT_HEADER_BYTES;
  let end = Math.min(at, bytes.length);
  let block: Block | undefined;
  while (at < bytes.length) {
    const frame = checkedFrameAt(bytes, at);
    if (frame === undefined || frame.firstSequence < expected) {
      at = nextMagic(bytes, at + 1);
      block = undefined;
      continue;
    }
    if (frame.firstSequence > expected) settleDamaged(segment, expected, frame.firstSequence, found);
    if (block === undefined || block.length >= blockBytes) block = addBlock(segment, at, frame, found);
    addFrame(block, segment, bytes, at, frame, found);
    at += FRAME_HEADER_BYTES + frame.payloadLength;
    end = at;
    expected = frame.firstSequence + frame.count;
  }
  found.nextSequence = Math.max(found.nextSequence, expected);
  dropSettledBlocks(found);
  return end;
}

function nextMagic(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(FRAME_MAGIC_BYTES, from);
  return at < 0 ? bytes.length : at;
}

function addBlock(segment: Segment, at: number, frame: FrameHeader, found: Found): Block {
  const block = new Block();
  block.segment = segment;
  block.fileOffset = at;
  block.firstSequence = frame.firstSequence;
  block.isSealed = true;
  found.blocks.push(block);
  return block;
}

function addFrame(block: Block, segment: Segment, bytes: Buffer, at: number, frame: FrameHeader, found: Found): void {
  block.length += FRAME_HEADER_BYTES + frame.payloadLength;
  block.written = block.length;
  block.readable = block.length;
  block.count += frame.count;
  block.writtenCount = block.count;
  let recordAt = at + FRAME_HEADER_BYTES;
  for (let index = 0; index < frame.count; index++) {
    const size = RECORD_HEADER_BYTES + bytes.readUInt32BE(recordAt);
    recordAt += size;
    if (segment.isSettled(frame.firstSequence + index)) continue;
    block.outstanding += 1;
    segment.outstanding += 1;
    found.outstanding += 1;
    found.outstandingBytes += size;
  }
}

/** Records between two good frames of one segment were there once and cannot be read any more. */
function settleDamaged(segment: Segment, from: number, to: number, found: Found): void {
  for (let sequence = from; sequence < to; sequence++) {
    if (segment.isSettled(sequence)) continue;
    segment.outstanding += 1;
    segment.settle(sequence, OutcomeCode.other, false);
    found.damaged += 1;
  }
}

function dropSettledBlocks(found: Found): void {
  const open = found.blocks.filter((block) => block.outstanding > 0);
  found.blocks.length = 0;
  found.blocks.push(...open);
}

/** A torn frame was never acknowledged to anybody; nothing is appended behind it either. */
function cutOff(files: Files, segment: Segment, length: number): void {
  if (segment.size === length) return;
  const file = files.openSync(segment.path, 'r+');
  try {
    files.ftruncateSync(file, segment.size);
  } finally {
    files.closeSync(file);
  }
}
