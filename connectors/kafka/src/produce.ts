import type { Reader } from '@platformatic/kafka';

/**
 * The Produce request for one batch of one partition, and its answer, in the versions 3 to 11 (Kafka 0.11 to 4.x). From
 * version 9 on lengths are unsigned varints plus one and every structure ends with tagged fields.
 *
 *   request = transactional id, acks:i16, timeout:i32, [topic name, [partition:i32, batch]]
 *   answer  = [topic name, [partition:i32, error:i16, base offset:i64, append time:i64, (5+) start offset:i64,
 *             (8+) [record index:i32, message], (8+) message]], throttle:i32
 */
export const PRODUCE_KEY = 0;
export const PRODUCE_VERSIONS: readonly number[] = [11, 10, 9, 8, 7, 6, 5, 4, 3];

export interface ProduceHead {
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
  readonly acks: number;
  readonly timeoutMs: number;
}

export interface ProduceAnswer {
  readonly errorCode: number;
  /** The broker's own words, when it has some. */
  readonly message: string | undefined;
  /** How long the broker wants to be left alone. */
  readonly throttleMs: number;
}

/** Versions with compact lengths and tagged fields. */
export function isFlexible(version: number): boolean {
  return version >= 9;
}

/** What stands before the bytes of the batch. */
export function encodeHead({ version, topic, partition, acks, timeoutMs }: ProduceHead, batchLength: number): Buffer {
  const compact = isFlexible(version);
  const name = Buffer.from(topic);
  const head = Buffer.alloc(40 + name.length);
  let at = compact ? head.writeUInt8(0) : head.writeInt16BE(-1);
  at = head.writeInt16BE(acks, at);
  at = head.writeInt32BE(timeoutMs, at);
  at = compact ? head.writeUInt8(2, at) : head.writeInt32BE(1, at);
  at = compact ? writeCompactLength(head, at, name.length) : head.writeInt16BE(name.length, at);
  at += name.copy(head, at);
  at = compact ? head.writeUInt8(2, at) : head.writeInt32BE(1, at);
  at = head.writeInt32BE(partition, at);
  at = compact ? writeCompactLength(head, at, batchLength) : head.writeInt32BE(batchLength, at);
  return head.subarray(0, at);
}

/** What follows it: the empty tagged fields of partition, topic and request. */
export function encodeTail(version: number): Buffer {
  return isFlexible(version) ? EMPTY_TAGS : NOTHING;
}

const EMPTY_TAGS = Buffer.alloc(3);
const NOTHING = Buffer.alloc(0);

function writeCompactLength(target: Buffer, start: number, length: number): number {
  let rest = length + 1;
  let at = start;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

export function decodeAnswer(version: number, reader: Reader): ProduceAnswer {
  const compact = isFlexible(version);
  let errorCode = 0;
  let message: string | undefined;
  readEach(reader, compact, () => {
    reader.readNullableString(compact);
    readEach(reader, compact, () => {
      reader.readInt32();
      errorCode = reader.readInt16();
      reader.skip(version >= 5 ? 24 : 16);
      if (version >= 8) message = readMessages(reader, compact);
      if (compact) reader.readTaggedFields();
    });
    if (compact) reader.readTaggedFields();
  });
  return { errorCode, message, throttleMs: reader.readInt32() };
}

/** The reason of the first bad record, else the one of the batch. */
function readMessages(reader: Reader, compact: boolean): string | undefined {
  let message: string | null = null;
  readEach(reader, compact, () => {
    const index = reader.readInt32();
    const reason = reader.readNullableString(compact);
    message ??= `record ${index}: ${reason ?? 'no reason given'}`;
    if (compact) reader.readTaggedFields();
  });
  const ofBatch = reader.readNullableString(compact);
  return message ?? ofBatch ?? undefined;
}

function readEach(reader: Reader, compact: boolean, read: () => void): void {
  const count = compact ? reader.readUnsignedVarInt() - 1 : reader.readInt32();
  for (let index = 0; index < count; index += 1) read();
}
