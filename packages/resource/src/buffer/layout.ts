import { crc32 } from 'node:zlib';

/**
 * Bytes of the log; `docs/specs/buffer.md` has the tables. All integers are big-endian.
 *
 *   segment = header frame*        header = "MILLRACE" version:u32 0:u32 firstSequence:f64
 *   frame   = "MFRM" payloadLength:u32 crc:u32 count:u32 firstSequence:f64 enqueuedAt:f64 record{count}
 *   record  = bodyLength:u32 keyHash:u32 origin:u16 flags:u16 body
 *   ack     = offset:u32 count:u32 outcome:u8 flags:u8 0:u16 crc:u32
 *
 * `crc` is CRC-32 (IEEE) of what follows it in a frame, of what precedes it in an ack entry.
 */
export const SEGMENT_HEADER_BYTES = 24;
export const FRAME_HEADER_BYTES = 32;
export const RECORD_HEADER_BYTES = 12;
export const ACK_BYTES = 16;

export const SEGMENT_SUFFIX = '.seg';
export const SPILL_SUFFIX = '.spill';
export const ACK_SUFFIX = '.ack';

const SEGMENT_MAGIC = Buffer.from('MILLRACE', 'latin1');
const SEGMENT_VERSION = 1;
export const FRAME_MAGIC_BYTES: Buffer = Buffer.from('MFRM', 'latin1');
const FRAME_MAGIC = FRAME_MAGIC_BYTES.readUInt32BE(0);
const CRC_OFFSET = 8;
const CRC_COVERS_FROM = 12;

export interface FrameHeader {
  readonly payloadLength: number;
  readonly count: number;
  readonly firstSequence: number;
  readonly enqueuedAt: number;
}

/** File names sort by sequence number. */
export function segmentName(firstSequence: number, suffix: string): string {
  return `${String(firstSequence).padStart(16, '0')}${suffix}`;
}

export function segmentHeader(firstSequence: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(header);
  header.writeUInt32BE(SEGMENT_VERSION, 8);
  header.writeDoubleBE(firstSequence, 16);
  return header;
}

/** The first sequence number, or undefined when this is no segment that this version can read. */
export function readSegmentHeader(bytes: Buffer): number | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  if (!bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) return undefined;
  return bytes.readUInt32BE(8) === SEGMENT_VERSION ? bytes.readDoubleBE(16) : undefined;
}

/** Fills the header of a frame whose records are in place; the checksum is added when the frame is written to a file. */
export function writeFrameHeader(target: Buffer, at: number, frame: FrameHeader): void {
  target.writeUInt32BE(FRAME_MAGIC, at);
  target.writeUInt32BE(frame.payloadLength, at + 4);
  target.writeUInt32BE(0, at + CRC_OFFSET);
  target.writeUInt32BE(frame.count, at + 12);
  target.writeDoubleBE(frame.firstSequence, at + 16);
  target.writeDoubleBE(frame.enqueuedAt, at + 24);
}

function payloadLengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 4);
}

export function readFrameHeader(bytes: Buffer, at: number): FrameHeader {
  return {
    payloadLength: payloadLengthAt(bytes, at),
    count: bytes.readUInt32BE(at + 12),
    firstSequence: bytes.readDoubleBE(at + 16),
    enqueuedAt: bytes.readDoubleBE(at + 24),
  };
}

/** Adds the checksums of all frames in `[start, end)`. */
export function sealFrames(bytes: Buffer, start: number, end: number): void {
  let at = start;
  while (at < end) {
    const next = at + FRAME_HEADER_BYTES + payloadLengthAt(bytes, at);
    bytes.writeUInt32BE(crc32(bytes.subarray(at + CRC_COVERS_FROM, next)), at + CRC_OFFSET);
    at = next;
  }
}

/** The header of the frame at `at` when the whole frame is there and undamaged. */
export function checkedFrameAt(bytes: Buffer, at: number): FrameHeader | undefined {
  if (at + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32BE(at) !== FRAME_MAGIC) return undefined;
  const header = readFrameHeader(bytes, at);
  const end = at + FRAME_HEADER_BYTES + header.payloadLength;
  if (end > bytes.length) return undefined;
  return crc32(bytes.subarray(at + CRC_COVERS_FROM, end)) === bytes.readUInt32BE(at + CRC_OFFSET) ? header : undefined;
}

export function writeRecordHeader(
  target: Buffer,
  at: number,
  bodyLength: number,
  keyHash: number,
  origin: number,
): void {
  target.writeUInt32BE(bodyLength, at);
  target.writeUInt32BE(keyHash, at + 4);
  target.writeUInt16BE(origin, at + 8);
  target.writeUInt16BE(0, at + 10);
}

export interface AckRange {
  /** Distance of the first record from the segment's first sequence number. */
  readonly offset: number;
  readonly count: number;
  readonly outcome: number;
  readonly retried: boolean;
  /** The outcome of records that never entered the log; `offset` means nothing. */
  readonly unlogged: boolean;
}

export function writeAck(target: Buffer, at: number, range: AckRange): void {
  target.writeUInt32BE(range.offset, at);
  target.writeUInt32BE(range.count, at + 4);
  target.writeUInt8(range.outcome, at + 8);
  target.writeUInt8((range.retried ? 1 : 0) | (range.unlogged ? 2 : 0), at + 9);
  target.writeUInt16BE(0, at + 10);
  target.writeUInt32BE(crc32(target.subarray(at, at + 12)), at + 12);
}

/** All entries before the first damaged or torn one. */
export function readAcks(bytes: Buffer): AckRange[] {
  const ranges: AckRange[] = [];
  for (let at = 0; at + ACK_BYTES <= bytes.length; at += ACK_BYTES) {
    if (crc32(bytes.subarray(at, at + 12)) !== bytes.readUInt32BE(at + 12)) break;
    const flags = bytes.readUInt8(at + 9);
    ranges.push({
      offset: bytes.readUInt32BE(at),
      count: bytes.readUInt32BE(at + 4),
      outcome: bytes.readUInt8(at + 8),
      retried: (flags & 1) !== 0,
      unlogged: (flags & 2) !== 0,
    });
  }
  return ranges;
}
