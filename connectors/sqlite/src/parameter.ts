import { isUtf8 } from 'node:buffer';
import type { RecordWriter } from '@millrace/contract';
import { Bits, Float, stringifyJson, toText, type Value } from '@millrace/values';

/**
 * Values as SQLite stores them, and their bytes in a buffered record.
 *
 *   parameter := 0 (NULL) | 1 integer: float64 | 2 integer beyond 2^53: text | 3 real: float64 | 4 text | 5 blob
 *   text, blob := varint length, bytes
 */
export type Parameter = null | bigint | number | string | Uint8Array;

const TAG = { null: 0, integer: 1, bigInteger: 2, real: 3, text: 4, blob: 5 } as const;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Appends one value: missing and null become NULL, booleans 1 and 0, maps and lists JSON, bytes that are UTF-8 text. */
export function writeParameter(value: Value, record: RecordWriter): void {
  if (value === undefined || value === null) record.writeByte(TAG.null);
  else if (typeof value === 'boolean') writeNumber(TAG.integer, value ? 1 : 0, record);
  else if (typeof value === 'number') writeNumber(Number.isInteger(value) ? TAG.integer : TAG.real, value, record);
  else if (value instanceof Float) writeNumber(TAG.real, value.value, record);
  else if (typeof value === 'bigint') writeBigInteger(value, record);
  else if (typeof value === 'string') writeContent(TAG.text, value, record);
  else if (value instanceof Uint8Array) writeContent(isUtf8(value) ? TAG.text : TAG.blob, value, record);
  else writeContent(TAG.text, value instanceof Bits ? toText(value) : stringifyJson(value), record);
}

function writeNumber(tag: number, value: number, record: RecordWriter): void {
  record.writeByte(tag);
  record.writeDouble(value);
}

/** SQLite's integers have 64 bits; a longer one is kept exact as text rather than rounded. */
function writeBigInteger(value: bigint, record: RecordWriter): void {
  const fits = value >= INT64_MIN && value <= INT64_MAX;
  writeContent(fits ? TAG.bigInteger : TAG.text, value.toString(), record);
}

function writeContent(tag: number, content: string | Uint8Array, record: RecordWriter): void {
  record.writeByte(tag);
  record.writePrefixed(content);
}

/** Reads what {@link writeParameter} and `RecordWriter.writePrefixed` wrote, one after the other. */
export class ParameterReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#position = start;
  }

  /** A length-prefixed piece, without copying. */
  prefixed(): Buffer {
    const length = this.#varint();
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  /** One value to bind. Integers are bigints: a JavaScript number would be bound as a real. */
  parameter(): Parameter {
    const tag = this.#bytes[this.#position++];
    if (tag === TAG.integer) return BigInt(this.#double());
    if (tag === TAG.real) return this.#double();
    if (tag === TAG.bigInteger) return BigInt(this.#text());
    if (tag === TAG.text) return this.#text();
    return tag === TAG.blob ? this.prefixed() : null;
  }

  #text(): string {
    const length = this.#varint();
    this.#position += length;
    return this.#bytes.toString('utf8', this.#position - length, this.#position);
  }

  #double(): number {
    this.#position += 8;
    return this.#bytes.readDoubleBE(this.#position - 8);
  }

  #varint(): number {
    let value = 0;
    let shift = 0;
    let byte = 128;
    while (byte >= 128) {
      byte = this.#bytes[this.#position++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    }
    return value;
  }
}
