import type { EncodedRecord, RecordWriter, RuleOutput } from '@millrace/contract';
import { isText, ownProperty, type Template, toText, type Value } from '@millrace/values';
import { varintSize, writeVarint } from './varint.ts';

/**
 * How a record waits in the buffer. The body is what Kafka's record format v2 has from the key on, so that making a
 * batch is little more than copying:
 *
 *   flags:u8  timestamp:f64  [topic length:uvarint  topic]  body
 *   body = key length, key, value length, value, header count, headers
 *
 * The topic is stored only when it is rendered for each record. The first byte says so: a queue may outlive the action's
 * parameters.
 */
const FIXED_TOPIC = 0;
const OWN_TOPIC = 1;
const TIMESTAMP_AT = 1;
const HEAD = 9;

/** Zigzag varint of −1, Kafka's NULL. */
const NULL = 0x01;

/** Beyond this a difference of two timestamps is no exact number. */
const LAST_TIMESTAMP = 2 ** 52;

export function writeHead(record: RecordWriter, timestamp: number, topic: string | undefined): void {
  record.writeByte(topic === undefined ? FIXED_TOPIC : OWN_TOPIC);
  record.writeDouble(timestamp);
  if (topic !== undefined) record.writePrefixed(topic);
}

export function timestampOf({ bytes, start }: EncodedRecord): number {
  return bytes.readDoubleBE(start + TIMESTAMP_AT);
}

/** The topic stored with a record; undefined when it was queued for the action's fixed topic. */
export function topicOf({ bytes, start }: EncodedRecord): string | undefined {
  if (bytes[start] !== OWN_TOPIC) return undefined;
  const { at, length } = readLength(bytes, start + HEAD);
  return bytes.toString('utf8', at, at + length);
}

export function bodyStart({ bytes, start }: EncodedRecord): number {
  if (bytes[start] !== OWN_TOPIC) return start + HEAD;
  const { at, length } = readLength(bytes, start + HEAD);
  return at + length;
}

/** Calls `hash` with the place of the key; an absent key has no bytes. */
export function hashKey(
  record: EncodedRecord,
  hash: (bytes: Uint8Array, start: number, end: number) => number,
): number {
  const { at, length } = readLength(record.bytes, bodyStart(record));
  const size = (length >>> 1) ^ -(length & 1);
  return hash(record.bytes, at, at + Math.max(size, 0));
}

function readLength(bytes: Uint8Array, start: number): { at: number; length: number } {
  let length = 0;
  let shift = 0;
  let at = start;
  for (;;) {
    const byte = bytes[at++] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { at, length: length >>> 0 };
    shift += 7;
  }
}

/** The milliseconds a timestamp template stands for; anything but a whole number of them becomes `now`. */
export function timestampFrom(value: Value, now: () => number): number {
  const milliseconds = typeof value === 'number' ? value : isText(value) ? fromDigits(toText(value)) : Number.NaN;
  return Number.isInteger(milliseconds) && milliseconds >= 0 && milliseconds < LAST_TIMESTAMP ? milliseconds : now();
}

function fromDigits(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

/** Appends a key or value, its length first. */
export type FieldWriter = (output: RuleOutput, record: RecordWriter) => void;

/** Compiles a key or value template. What it renders to nothing is written as NULL. */
export function compileField(template: Template | undefined): FieldWriter {
  if (template === undefined) return (_output, record) => record.writeByte(NULL);
  if (isOnePlaceholder(template)) {
    const read = compileValue(template);
    return (output, record) => writeValue(record, read(output));
  }
  return (output, record) => writeSized(record, 2, () => template.write(output, record, { missing: '' }));
}

/** The value of a template; a column, which is what most of them name, is read without walking a path. */
export function compileValue(template: Template): (output: RuleOutput) => Value {
  const [column, ...deeper] = template.placeholders[0] ?? [];
  if (column === undefined || deeper.length > 0 || !isOnePlaceholder(template))
    return (output) => template.value(output);
  return (output) => ownProperty(output, column);
}

/** True when the template is a placeholder and nothing else, so that its value keeps its type. */
export function isOnePlaceholder({ source, placeholders }: Template): boolean {
  return placeholders.length === 1 && /^\$\{[^}$]*\}$/.test(source);
}

function writeValue(record: RecordWriter, value: Value): void {
  if (value === undefined || value === null) record.writeByte(NULL);
  else if (value instanceof Uint8Array) writeBytes(record, value);
  else writeText(record, toText(value));
}

function writeBytes(record: RecordWriter, bytes: Uint8Array): void {
  writeSignedVarint(record, bytes.length === 0 ? -1 : bytes.length);
  record.writeBytes(bytes);
}

/** Up to here a text takes less than 64 bytes, whose number fits one byte. */
const SHORT_TEXT = 21;

function writeText(record: RecordWriter, text: string): void {
  writeSized(record, text.length <= SHORT_TEXT ? 1 : 2, () => record.writeText(text));
}

/** Appends text or bytes with their length; nothing stays nothing, unlike keys and values. */
export function writeExact(record: RecordWriter, content: string | Uint8Array): void {
  writeSignedVarint(record, typeof content === 'string' ? Buffer.byteLength(content) : content.length);
  record.write(content);
}

/** Appends a number as the record format writes lengths and counts. */
export function writeSignedVarint(record: RecordWriter, value: number): void {
  const at = record.reserve(5);
  record.advance(writeVarint(record.buffer, at, value) - at);
}

/**
 * Appends what `write` appends, with its length in front; nothing is NULL. The length is known only afterwards: room is
 * left for a guess of its size (2 bytes hold 64 to 8191), and the content moved when that was wrong.
 */
function writeSized(record: RecordWriter, guess: number, write: () => unknown): void {
  const at = record.reserve(guess);
  record.advance(guess);
  write();
  const length = record.position - at - guess;
  const size = length === 0 ? 1 : varintSize(length);
  if (size !== guess) {
    record.reserve(5);
    record.buffer.copyWithin(at + size, at + guess, at + guess + length);
  }
  writeVarint(record.buffer, at, length === 0 ? -1 : length);
  record.truncate(at + size + length);
}
