import { MAX_VARINT, uint16At, varintSize, writeBytes, writeRange, writeUint16, writeVarint } from './bytes.ts';
import type { ProtocolVersion, PublishPacket, Qos } from './packet.ts';
import { PacketType } from './packet-type.ts';
import { encodeProperties } from './properties.ts';
import type { PublishView } from './publish-view.ts';

/*
 * The hot path out. A PUBLISH is written into the caller's buffer, either from its parts or straight from a received one.
 * For fan-out: write it once per (version, QoS, RETAIN), copy those bytes to each receiver, and patch the packet
 * identifier of each copy with `writePacketId(target, at + packetIdOffset(frame), packetId)`.
 */

/** What every receiver of a message gets alike. */
export interface PublishContent {
  readonly topicBytes: Uint8Array;
  readonly payload: Uint8Array;
  /** As `encodeProperties` makes them; undefined for none. Left out below MQTT 5. */
  readonly propertyBytes: Uint8Array | undefined;
}

/** First byte of a PUBLISH. */
export function publishHeader(qos: Qos, retain: boolean, dup: boolean): number {
  return (PacketType.publish << 4) | (dup ? 0b1000 : 0) | (qos << 1) | (retain ? 1 : 0);
}

/** Bytes of the whole packet that `writePublish` writes. Throws `RangeError` when MQTT cannot express it. */
export function publishLength(content: PublishContent, version: ProtocolVersion, qos: Qos): number {
  const { topicBytes, propertyBytes, payload } = content;
  const propertiesLength = propertyBytes === undefined ? 0 : propertyBytes.length;
  if (topicBytes.length > 65_535) {
    throw new RangeError(`cannot encode a topic of ${topicBytes.length} bytes; MQTT ends at 65535`);
  }
  return packetLength(bodyLength(topicBytes.length, propertiesLength, payload.length, version, qos));
}

/**
 * Writes a PUBLISH and answers the offset behind it. The caller has made sure of `publishLength` bytes of room.
 * `header` is from {@link publishHeader}; `packetId` is ignored at QoS 0.
 */
export function writePublish(
  target: Buffer,
  at: number,
  content: PublishContent,
  version: ProtocolVersion,
  header: number,
  packetId: number,
): number {
  const { topicBytes, propertyBytes, payload } = content;
  const propertiesLength = propertyBytes === undefined ? 0 : propertyBytes.length;
  const length = bodyLength(topicBytes.length, propertiesLength, payload.length, version, qosOf(header));
  let next = writeFixedHeader(target, at, header, length);
  next = writeUint16(target, next, topicBytes.length);
  next = writeBytes(target, next, topicBytes);
  if (qosOf(header) !== 0) next = writeUint16(target, next, packetId);
  if (version === 5) {
    next = writeVarint(target, next, propertiesLength);
    if (propertyBytes !== undefined) next = writeBytes(target, next, propertyBytes);
  }
  return writeBytes(target, next, payload);
}

/** Bytes of the whole packet that `forwardPublish` writes. */
export function forwardedLength(view: PublishView, version: ProtocolVersion, qos: Qos): number {
  const topicLength = view.topicEnd - view.topicStart;
  const propertiesLength = view.propertiesEnd - view.propertiesStart;
  return packetLength(bodyLength(topicLength, propertiesLength, view.end - view.payloadStart, version, qos));
}

/**
 * Writes a received PUBLISH on to a receiver without taking it apart, and answers the offset behind it. For packets that
 * carry their topic and whose properties hold for the receiver as they are: without topic alias and expiry interval.
 */
export function forwardPublish(
  target: Buffer,
  at: number,
  view: PublishView,
  version: ProtocolVersion,
  header: number,
  packetId: number,
): number {
  const { bytes, topicStart, topicEnd, propertiesStart, propertiesEnd, payloadStart, end } = view;
  const propertiesLength = propertiesEnd - propertiesStart;
  const qos = qosOf(header);
  const length = bodyLength(topicEnd - topicStart, propertiesLength, end - payloadStart, version, qos);
  let next = writeFixedHeader(target, at, header, length);
  if (length === end - topicStart + 2) {
    // An equal length means the same fields: a packet identifier takes 2 bytes, a property section 1 or more than 2.
    writeRange(target, next, bytes, topicStart - 2, end);
    if (qos !== 0) writeUint16(target, next + 2 + topicEnd - topicStart, packetId);
    return next + length;
  }
  next = writeRange(target, next, bytes, topicStart - 2, topicEnd);
  if (qos !== 0) next = writeUint16(target, next, packetId);
  if (version === 5) {
    next = writeVarint(target, next, propertiesLength);
    next = writeRange(target, next, bytes, propertiesStart, propertiesEnd);
  }
  return writeRange(target, next, bytes, payloadStart, end);
}

/** Where the packet identifier lies in an encoded PUBLISH with QoS > 0, counted from its first byte at `at`. */
export function packetIdOffset(frame: Uint8Array, at = 0): number {
  let topicAt = 1;
  while (frame[at + topicAt]! > 0x7f) topicAt += 1; // the frame is whole
  topicAt += 1;
  return topicAt + 2 + uint16At(frame, at + topicAt);
}

/** Overwrites a packet identifier. */
export function writePacketId(target: Uint8Array, at: number, packetId: number): void {
  writeUint16(target, at, packetId);
}

export function encodePublish(packet: PublishPacket, version: ProtocolVersion): Buffer {
  const content: PublishContent = {
    topicBytes: Buffer.from(packet.topic),
    payload: packet.payload,
    propertyBytes: version === 5 ? encodeProperties(packet.properties) : undefined,
  };
  const target = Buffer.allocUnsafe(publishLength(content, version, packet.qos));
  const header = publishHeader(packet.qos, packet.retain, packet.dup);
  writePublish(target, 0, content, version, header, packet.packetId ?? 0);
  return target;
}

function qosOf(header: number): number {
  return (header >> 1) & 0b11;
}

function bodyLength(
  topicLength: number,
  propertiesLength: number,
  payloadLength: number,
  version: ProtocolVersion,
  qos: number,
): number {
  const length = 2 + topicLength + (qos === 0 ? 0 : 2) + payloadLength;
  return version === 5 ? length + varintSize(propertiesLength) + propertiesLength : length;
}

function packetLength(body: number): number {
  if (body > MAX_VARINT) throw new RangeError(`cannot encode a packet of ${body} bytes; MQTT ends at ${MAX_VARINT}`);
  return 1 + varintSize(body) + body;
}

function writeFixedHeader(target: Uint8Array, at: number, header: number, length: number): number {
  target[at] = header;
  return writeVarint(target, at + 1, length);
}
