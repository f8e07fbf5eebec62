import { checkedVarintSize } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { byteAt, uint16At, uint32At, varintAt, varintSize } from './bytes.ts';
import { MalformedPacketError } from './handler.ts';
import { malformed, protocolError, TOPIC_ALIAS_INVALID, TOPIC_NAME_INVALID } from './malformed.ts';
import type { Properties } from './packet.ts';
import {
  PROPERTY_BY_ID,
  PROPERTY_ROWS,
  PropertyOwner,
  type PropertyOwnerName,
  type PropertyRow,
  propertyRow,
} from './property-table.ts';
import { isValidTopicNameBytes } from './topic.ts';
import { checkString } from './utf8.ts';

/*
 * A property section is a run of (identifier, value) behind its length. It is checked once, when the packet is read, by
 * `checkProperties`; everything below that name relies on it.
 */

const USER_PROPERTIES = propertyRow('userProperties');
const SUBSCRIPTION_IDENTIFIERS = propertyRow('subscriptionIdentifiers');
const RESPONSE_TOPIC = propertyRow('responseTopic');
const TOPIC_ALIAS = propertyRow('topicAlias');
const ROW_BY_NAME: ReadonlyMap<string, PropertyRow> = new Map(PROPERTY_ROWS.map((row) => [row.name, row]));
const NO_BYTES = Buffer.alloc(0);

/** Decodes the properties in `bytes[start, end)`, their length excluded. Throws a `MalformedPacketError`. */
export function decodeProperties(
  bytes: Buffer,
  start: number,
  end: number,
  owner: PropertyOwnerName,
  isFromServer = true,
): Properties {
  checkProperties(bytes, start, end, PropertyOwner[owner], isFromServer);
  return readProperties(bytes, start, end);
}

/** The properties without their length, in the order of the object; empty when there are none. Throws `RangeError`. */
export function encodeProperties(properties: Properties | undefined): Buffer {
  if (properties === undefined) return NO_BYTES;
  const writer = new ByteWriter();
  for (const name in properties) {
    const row = ROW_BY_NAME.get(name);
    const value = row && properties[row.name];
    if (row !== undefined && value !== undefined) writeProperty(writer, row, value);
  }
  return writer.content();
}

/** Checks a property section and answers the set of properties in it, as {@link PropertyRow.bit}s. */
export function checkProperties(
  bytes: Uint8Array,
  start: number,
  end: number,
  owner: number,
  isFromServer: boolean,
): number {
  let seen = 0;
  let at = start;
  while (at < end) {
    const row = PROPERTY_BY_ID[byteAt(bytes, at)];
    if (row === undefined) throw malformed(`0x${byteAt(bytes, at).toString(16)} is no property identifier`);
    if ((row.owners & owner) === 0) throw malformed(`the property ${row.name} does not belong in this packet`);
    if ((seen & row.bit) !== 0) checkRepetition(row, owner);
    if (row === SUBSCRIPTION_IDENTIFIERS && owner === PropertyOwner.publish && !isFromServer) {
      throw protocolError('a client published a subscription identifier', 'MQTT-3.3.4-6');
    }
    seen |= row.bit;
    at = checkValue(row, bytes, at + 1, end);
  }
  return seen;
}

/** Reads a checked section. */
export function readProperties(bytes: Buffer, start: number, end: number): Properties {
  const properties: Properties = {};
  let at = start;
  while (at < end) {
    const row = PROPERTY_BY_ID[byteAt(bytes, at)]!; // checked
    at += 1;
    assign(properties, row, bytes, at);
    at = valueEnd(row, bytes, at);
  }
  return properties;
}

/** The number of the first such property of a checked section; undefined when there is none. */
export function findNumber(bytes: Uint8Array, start: number, end: number, wanted: PropertyRow): number | undefined {
  let at = start;
  while (at < end) {
    const row = PROPERTY_BY_ID[byteAt(bytes, at)]!; // checked
    at += 1;
    if (row === wanted) return numberAt(row, bytes, at);
    at = valueEnd(row, bytes, at);
  }
  return undefined;
}

function checkRepetition(row: PropertyRow, owner: number): void {
  if (row === USER_PROPERTIES) return;
  if (row === SUBSCRIPTION_IDENTIFIERS && owner === PropertyOwner.publish) return;
  throw protocolError(`the property ${row.name} is there twice`);
}

/** Checks the value at `at` and answers where it ends. */
function checkValue(row: PropertyRow, bytes: Uint8Array, at: number, end: number): number {
  if (row.type === 'varint') checkedVarintSize(bytes, at, end);
  else if (at + fixedSize(row) > end) throw cutOff(row);
  const next = row.type === 'pair' ? pairEnd(row, bytes, at, end) : valueEnd(row, bytes, at);
  if (next > end) throw cutOff(row);
  if (row.type === 'string') checkString(bytes, at + 2, next);
  else if (row.type === 'pair') checkPair(bytes, at, next);
  else if (row.type !== 'binary') checkRange(row, numberAt(row, bytes, at));
  if (row === RESPONSE_TOPIC) checkResponseTopic(bytes, at + 2, next);
  return next;
}

function cutOff(row: PropertyRow): MalformedPacketError {
  return malformed(`the property ${row.name} does not end inside its section`);
}

function checkRange(row: PropertyRow, value: number): void {
  if (value >= row.min && value <= row.max) return;
  const message = `the property ${row.name} must not be ${value}`;
  throw row === TOPIC_ALIAS
    ? new MalformedPacketError(TOPIC_ALIAS_INVALID, message, 'MQTT-3.3.2-8')
    : protocolError(message);
}

function checkPair(bytes: Uint8Array, at: number, end: number): void {
  const keyEnd = at + 2 + uint16At(bytes, at);
  checkString(bytes, at + 2, keyEnd);
  checkString(bytes, keyEnd + 2, end);
}

function checkResponseTopic(bytes: Uint8Array, start: number, end: number): void {
  if (isValidTopicNameBytes(bytes, start, end)) return;
  throw new MalformedPacketError(TOPIC_NAME_INVALID, 'the response topic is no topic name', 'MQTT-3.3.2-14');
}

/** Bytes that a value of this type has in any case. */
function fixedSize(row: PropertyRow): number {
  if (row.type === 'byte') return 1;
  return row.type === 'uint32' ? 4 : 2;
}

function pairEnd(row: PropertyRow, bytes: Uint8Array, at: number, end: number): number {
  const valueAt = at + 2 + uint16At(bytes, at);
  if (valueAt + 2 > end) throw cutOff(row);
  return valueAt + 2 + uint16At(bytes, valueAt);
}

function valueEnd(row: PropertyRow, bytes: Uint8Array, at: number): number {
  switch (row.type) {
    case 'byte':
      return at + 1;
    case 'uint16':
      return at + 2;
    case 'uint32':
      return at + 4;
    case 'varint':
      return at + varintSize(varintAt(bytes, at));
    case 'string':
    case 'binary':
      return at + 2 + uint16At(bytes, at);
    default: {
      const valueAt = at + 2 + uint16At(bytes, at);
      return valueAt + 2 + uint16At(bytes, valueAt);
    }
  }
}

function numberAt(row: PropertyRow, bytes: Uint8Array, at: number): number {
  if (row.type === 'byte') return byteAt(bytes, at);
  if (row.type === 'uint16') return uint16At(bytes, at);
  return row.type === 'uint32' ? uint32At(bytes, at) : varintAt(bytes, at);
}

function stringAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 2, at + 2 + uint16At(bytes, at));
}

/** The table guarantees that name and type belong together, which the compiler cannot see. */
function assign(properties: Properties, row: PropertyRow, bytes: Buffer, at: number): void {
  const values = properties as Record<string, unknown>;
  if (row === SUBSCRIPTION_IDENTIFIERS) (properties.subscriptionIdentifiers ??= []).push(numberAt(row, bytes, at));
  else if (row.type === 'pair') {
    (properties.userProperties ??= []).push([stringAt(bytes, at), stringAt(bytes, at + 2 + uint16At(bytes, at))]);
  } else if (row.type === 'string') values[row.name] = stringAt(bytes, at);
  else if (row.type === 'binary') values[row.name] = Buffer.from(bytes.subarray(at + 2, valueEnd(row, bytes, at)));
  else values[row.name] = numberAt(row, bytes, at);
}

function writeProperty(writer: ByteWriter, row: PropertyRow, value: Properties[keyof Properties]): void {
  if (row === USER_PROPERTIES || row === SUBSCRIPTION_IDENTIFIERS) {
    for (const element of value as [string, string][] | number[]) writeValue(writer, row, element);
  } else {
    writeValue(writer, row, value as string | number | Buffer);
  }
}

function writeValue(writer: ByteWriter, row: PropertyRow, value: string | number | Buffer | [string, string]): void {
  writer.byte(row.id);
  if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'number') writeNumber(writer, row, value);
  else if (Buffer.isBuffer(value)) writer.binary(value);
  else for (const text of value) writer.string(text);
}

function writeNumber(writer: ByteWriter, row: PropertyRow, value: number): void {
  if (row.type === 'byte') writer.byte(value);
  else if (row.type === 'uint16') writer.uint16(value);
  else if (row.type === 'uint32') writer.uint32(value);
  else writer.varint(value);
}
