import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { MalformedPacketError } from './handler.ts';
import { malformed, protocolError, UNSUPPORTED_PROTOCOL_VERSION } from './malformed.ts';
import type { ConnectPacket, ProtocolVersion, Qos, Will } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';

/*
 * CONNECT: protocol name, level, flags, keep alive, [properties], client id, [will], [user name], [password]
 *
 * flags   7 user name | 6 password | 5 will retain | 4-3 will QoS | 2 will | 1 clean start | 0 reserved
 */

const USERNAME = 0x80;
const PASSWORD = 0x40;
const WILL_RETAIN = 0x20;
const WILL_QOS_SHIFT = 3;
const WILL = 0x04;
const CLEAN_START = 0x02;
const RESERVED = 0x01;

/** Bit of the protocol level that Mosquitto and EMQX set for a bridge. */
const BRIDGE = 0x80;

/** The beginning of CONNECT, which decides how everything after it is read. */
export interface Protocol {
  readonly version: ProtocolVersion;
  readonly isBridge: boolean;
}

export function decodeProtocol(reader: ByteReader): Protocol {
  const name = reader.string();
  const level = reader.byte();
  const version = level & ~BRIDGE;
  const isKnown = name === 'MQTT' ? version === 4 || version === 5 : name === 'MQIsdp' && version === 3;
  if (!isKnown) {
    // [MQTT-3.1.2-2]
    const statement = name === 'MQTT' ? 'MQTT-3.1.2-2' : 'MQTT-3.1.2-1';
    throw new MalformedPacketError(UNSUPPORTED_PROTOCOL_VERSION, 'neither MQTT 3.1, 3.1.1 nor 5.0', statement);
  }
  return { version: version as ProtocolVersion, isBridge: (level & BRIDGE) !== 0 };
}

export function decodeConnect(reader: ByteReader, { version, isBridge }: Protocol): ConnectPacket {
  const flags = reader.byte();
  checkFlags(flags, version);
  const keepAlive = reader.uint16();
  const properties = version === 5 ? readPropertySection(reader, 'connect', false) : undefined;
  if (properties?.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    throw protocolError('there is authentication data without an authentication method');
  }
  const clientId = reader.string();
  const will = (flags & WILL) === 0 ? undefined : decodeWill(reader, flags, version);
  const username = (flags & USERNAME) === 0 ? undefined : reader.string();
  const password = (flags & PASSWORD) === 0 ? undefined : reader.binary();
  reader.finish();
  return {
    type: 'connect',
    protocolVersion: version,
    isBridge,
    cleanStart: (flags & CLEAN_START) !== 0,
    keepAlive,
    clientId,
    ...(will && { will }),
    ...(username !== undefined && { username }),
    ...(password && { password }),
    ...(properties && { properties }),
  };
}

function checkFlags(flags: number, version: ProtocolVersion): void {
  if ((flags & RESERVED) !== 0) throw malformed('the reserved flag of CONNECT is set', 'MQTT-3.1.2-3');
  const willQos = (flags >> WILL_QOS_SHIFT) & 0b11;
  if (willQos === 3) throw malformed('the QoS of the will is 3', 'MQTT-3.1.2-12');
  if ((flags & WILL) === 0) {
    if (willQos !== 0) throw malformed('there is a will QoS without a will', 'MQTT-3.1.2-11');
    if ((flags & WILL_RETAIN) !== 0) throw malformed('there is a will retain flag without a will', 'MQTT-3.1.2-13');
  }
  // A rule of 3.1.1 that 5.0 has lifted, hence the number of the older document.
  if (version < 5 && (flags & (USERNAME | PASSWORD)) === PASSWORD) {
    throw malformed('there is a password without a user name', 'MQTT-3.1.2-22');
  }
}

function decodeWill(reader: ByteReader, flags: number, version: ProtocolVersion): Will {
  const properties = version === 5 ? readPropertySection(reader, 'will', false) : undefined;
  const topic = reader.topicName();
  return {
    topic,
    payload: reader.binary(),
    qos: ((flags >> WILL_QOS_SHIFT) & 0b11) as Qos,
    retain: (flags & WILL_RETAIN) !== 0,
    ...(properties && { properties }),
  };
}

export function encodeConnect(packet: ConnectPacket): Buffer {
  const { protocolVersion, isBridge, will, username, password } = packet;
  const writer = new ByteWriter();
  writer.string(protocolVersion === 3 ? 'MQIsdp' : 'MQTT');
  writer.byte(protocolVersion | (isBridge ? BRIDGE : 0));
  writer.byte(connectFlags(packet));
  writer.uint16(packet.keepAlive);
  if (protocolVersion === 5) writePropertySection(writer, packet.properties);
  writer.string(packet.clientId);
  if (will !== undefined) encodeWill(writer, will, protocolVersion);
  if (username !== undefined) writer.string(username);
  if (password !== undefined) writer.binary(password);
  return writer.packet(fixedHeader(PacketType.connect));
}

function connectFlags({ cleanStart, will, username, password }: ConnectPacket): number {
  let flags = cleanStart ? CLEAN_START : 0;
  if (will !== undefined) flags |= WILL | (will.qos << WILL_QOS_SHIFT) | (will.retain ? WILL_RETAIN : 0);
  if (username !== undefined) flags |= USERNAME;
  if (password !== undefined) flags |= PASSWORD;
  return flags;
}

function encodeWill(writer: ByteWriter, will: Will, version: ProtocolVersion): void {
  if (version === 5) writePropertySection(writer, will.properties);
  writer.string(will.topic);
  writer.binary(will.payload);
}
