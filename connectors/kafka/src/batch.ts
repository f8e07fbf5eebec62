import type { EncodedRecord } from '@millrace/contract';
import { bodyStart, timestampOf } from './record.ts';
import { varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts';

/**
 * Record batches in format v2, the only one that brokers since 0.11 store:
 *
 *   base offset:i64  length:i32  leader epoch:i32  magic:i8  crc:u32 | attributes:i16  last offset delta:i32
 *   first timestamp:i64  max timestamp:i64  producer id:i64  producer epoch:i16  sequence:i32  count:i32  records
 *
 * The CRC (CRC-32C) covers what stands right of the bar. A record is
 *
 *   length:varint  attributes:i8  timestamp delta:varlong  offset delta:varint  body (see record.ts)
 */
export const BATCH_HEAD = 61;

const LENGTH_AT = 8;
const LENGTH_FROM = 12;
const LEADER_EPOCH_AT = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const CRC_FROM = 21;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const SEQUENCE_AT = 53;
const COUNT_AT = 57;

/** Most bytes that the parts of a record before its body take: 5 + 1 + 8 + 5. */
const RECORD_HEAD = 19;

export interface Records {
  /** Where the records end in the buffer they were written to. */
  readonly end: number;
  readonly count: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
}

/** Who sent a batch and its place in the order; id −1 when the producer is not idempotent. */
export interface Sequence {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly first: number;
}

export const NO_SEQUENCE: Sequence = { producerId: -1n, epoch: -1, first: -1 };

/** An upper bound for the bytes that {@link writeRecords} needs. */
export function recordsBound(records: readonly EncodedRecord[]): number {
  let bytes = 0;
  for (const record of records) bytes += record.end - record.start + RECORD_HEAD;
  return bytes;
}

/** Writes the records one behind the other from `at`. */
export function writeRecords(records: readonly EncodedRecord[], target: Buffer, at: number): Records {
  const first = records[0];
  const firstTimestamp = first === undefined ? 0 : timestampOf(first);
  let maxTimestamp = firstTimestamp;
  let position = at;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] as EncodedRecord;
    const timestamp = timestampOf(record);
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    position = writeRecord(record, index, timestamp - firstTimestamp, target, position);
  }
  return { end: position, count: records.length, firstTimestamp, maxTimestamp };
}

function writeRecord(record: EncodedRecord, index: number, delta: number, target: Buffer, start: number): number {
  const body = bodyStart(record);
  const length = 1 + varlongSize(delta) + varintSize(index) + record.end - body;
  let at = writeVarint(target, start, length);
  target[at++] = 0;
  at = writeVarlong(target, at, delta);
  at = writeVarint(target, at, index);
  record.bytes.copy(target, at, body, record.end);
  return at + record.end - body;
}

/** Fills in the head in front of the (compressed) records, the checksum last. Returns the checksum. */
export function finishBatch(
  batch: Buffer,
  records: Records,
  codec: number,
  sequence: Sequence,
  crc32c: (bytes: Uint8Array) => number,
): number {
  batch.fill(0, 0, LENGTH_AT);
  batch.writeInt32BE(batch.length - LENGTH_FROM, LENGTH_AT);
  batch.writeInt32BE(-1, LEADER_EPOCH_AT);
  batch[MAGIC_AT] = 2;
  batch.writeInt16BE(codec, ATTRIBUTES_AT);
  batch.writeInt32BE(records.count - 1, LAST_OFFSET_AT);
  batch.writeBigInt64BE(BigInt(records.firstTimestamp), FIRST_TIMESTAMP_AT);
  batch.writeBigInt64BE(BigInt(records.maxTimestamp), MAX_TIMESTAMP_AT);
  batch.writeBigInt64BE(sequence.producerId, PRODUCER_ID_AT);
  batch.writeInt16BE(sequence.epoch, PRODUCER_EPOCH_AT);
  batch.writeInt32BE(sequence.first, SEQUENCE_AT);
  batch.writeInt32BE(records.count, COUNT_AT);
  const checksum = crc32c(batch.subarray(CRC_FROM));
  batch.writeUInt32BE(checksum, CRC_AT);
  return checksum;
}
