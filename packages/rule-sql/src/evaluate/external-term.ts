import {
  Bits,
  bytesOf,
  Float,
  floatOf,
  integerOf,
  isArray,
  isText,
  setProperty,
  toText,
  type Value,
} from '@millrace/values';

/**
 * Erlang's external term format, for the values of rule SQL.
 *
 * A term is a tag byte and what follows it; a message begins with the version byte 131. Numbers are big-endian:
 *
 *     97 uint8 | 98 int32 | 70 float64 | 110 length8 sign8 little-endian… | 111 length32 sign8 little-endian…
 *     109 length32 bytes | 77 length32 bits8 bytes | 106 (empty list) | 108 count32 terms… tail | 107 length16 bytes
 *     116 count32 (key value)… | 119 length8 name | 118 length16 name | 100 length16 name
 */
const VERSION = 131;
const MAX_DEPTH = 512;

/** The bytes of a value. */
export function encodeTerm(value: Value): Buffer {
  const chunks: Uint8Array[] = [Uint8Array.of(VERSION)];
  encode(value, chunks);
  return Buffer.concat(chunks);
}

function encode(value: Value, chunks: Uint8Array[]): void {
  if (isText(value)) chunks.push(tagged(109, bytesOf(value).length), bytesOf(value));
  else if (value instanceof Float) chunks.push(float(value.value));
  else if (typeof value === 'number') chunks.push(Number.isInteger(value) ? integer(value) : float(value));
  else if (typeof value === 'bigint') chunks.push(big(value));
  else if (value instanceof Bits)
    chunks.push(tagged(77, value.bytes.length), Uint8Array.of(value.length % 8 || 8), value.bytes);
  else if (isArray(value)) encodeList(value, chunks);
  else if (typeof value === 'object' && value !== null) encodeMap(value, chunks);
  else chunks.push(atom(String(value)));
}

function encodeList(list: readonly Value[], chunks: Uint8Array[]): void {
  if (list.length > 0) chunks.push(tagged(108, list.length));
  for (const item of list) encode(item, chunks);
  chunks.push(Uint8Array.of(106));
}

function encodeMap(object: { readonly [key: string]: Value }, chunks: Uint8Array[]): void {
  const entries = Object.entries(object);
  chunks.push(tagged(116, entries.length));
  for (const [key, value] of entries) {
    encode(key, chunks);
    encode(value, chunks);
  }
}

function tagged(tag: number, length: number): Buffer {
  const head = Buffer.alloc(5);
  head[0] = tag;
  head.writeUInt32BE(length, 1);
  return head;
}

function integer(value: number): Uint8Array {
  if (value >= 0 && value <= 255) return Uint8Array.of(97, value);
  if (Math.abs(value) >= 2 ** 31) return big(BigInt(value));
  const bytes = Buffer.alloc(5);
  bytes[0] = 98;
  bytes.writeInt32BE(value, 1);
  return bytes;
}

function big(value: bigint): Uint8Array {
  const isNegative = value < 0n;
  const hex = (isNegative ? -value : value).toString(16);
  const digits = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex').reverse();
  const sign = isNegative ? 1 : 0;
  const head =
    digits.length <= 255
      ? Uint8Array.of(110, digits.length, sign)
      : Buffer.concat([tagged(111, digits.length), Uint8Array.of(sign)]);
  return Buffer.concat([head, digits]);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 70;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function atom(name: string): Buffer {
  return Buffer.concat([Uint8Array.of(119, name.length), Buffer.from(name)]);
}

/** The value of a term. Throws a RangeError or a TypeError when the bytes are no term of rule SQL. */
export function decodeTerm(bytes: Uint8Array): Value {
  const reader = new TermReader(bytes);
  if (reader.byte() !== VERSION) throw new TypeError('the data does not begin as a term');
  const value = reader.term(0);
  if (!reader.isAtEnd) throw new TypeError('something follows the term');
  return value;
}

class TermReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytesOf(bytes);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  term(depth: number): Value {
    if (depth > MAX_DEPTH) throw new RangeError('the term nests too deep');
    const tag = this.byte();
    switch (tag) {
      case 97:
        return this.byte();
      case 98:
        return this.#take(4).readInt32BE();
      case 70:
        return floatOf(this.#take(8).readDoubleBE());
      case 110:
        return this.#big(this.byte());
      case 111:
        return this.#big(this.#length32());
      case 109:
        return this.#text(this.#length32());
      case 77:
        return this.#bits(this.#length32());
      default:
        return this.#container(tag, depth) ?? this.#atom(tag);
    }
  }

  #container(tag: number, depth: number): Value {
    switch (tag) {
      case 106:
        return [];
      case 107:
        return [...this.#take(this.#take(2).readUInt16BE())];
      case 108:
        return this.#list(this.#length32(), depth);
      case 116:
        return this.#map(this.#length32(), depth);
      default:
        return undefined;
    }
  }

  #list(count: number, depth: number): Value {
    const list: Value[] = [];
    for (let index = 0; index < count; index += 1) list.push(this.term(depth + 1));
    if (this.byte() !== 106) throw new TypeError('the list has an improper tail');
    return list;
  }

  #map(count: number, depth: number): Value {
    const object: Record<string, Value> = {};
    for (let index = 0; index < count; index += 1) {
      const key = this.term(depth + 1);
      setProperty(object, toText(key), this.term(depth + 1));
    }
    return object;
  }

  #atom(tag: number): Value {
    const length =
      tag === 119 || tag === 115 ? this.byte() : tag === 118 || tag === 100 ? this.#take(2).readUInt16BE() : -1;
    if (length < 0) throw new TypeError('the term has a part that is no value');
    const name = this.#take(length).toString('utf8');
    return Object.hasOwn(ATOMS, name) ? ATOMS[name] : name;
  }

  #big(length: number): Value {
    const isNegative = this.byte() === 1;
    const value = BigInt(`0x0${Buffer.from(this.#take(length)).reverse().toString('hex')}`);
    return integerOf(isNegative ? -value : value);
  }

  #text(length: number): Value {
    return this.#take(length);
  }

  #bits(length: number): Value {
    const used = this.byte();
    return new Bits(this.#take(length), Math.max(0, length - 1) * 8 + used);
  }

  #length32(): number {
    return this.#take(4).readUInt32BE();
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('the data ends within a term');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

const ATOMS: Readonly<Record<string, Value>> = { true: true, false: false, null: null, undefined };
