import { decodeAuth } from './auth.ts';
import type { ByteReader } from './byte-reader.ts';
import { decodeConnack } from './connack.ts';
import { decodeDisconnect } from './disconnect.ts';
import { malformed, protocolError } from './malformed.ts';
import type { Packet, ProtocolVersion } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { decodePing } from './ping.ts';
import { decodeSuback } from './suback.ts';
import { decodeSubscribe } from './subscribe.ts';
import { decodeUnsuback } from './unsuback.ts';
import { decodeUnsubscribe } from './unsubscribe.ts';

const FROM_CLIENT = typeSet('connect', 'subscribe', 'unsubscribe', 'pingreq', 'disconnect', 'auth');
const FROM_SERVER = typeSet('connack', 'suback', 'unsuback', 'pingresp', 'disconnect', 'auth');

/** The duplicate flag, which MQTT 3.1 allows on PUBREL, SUBSCRIBE and UNSUBSCRIBE. */
const DUP = 0b1000;

/** Statements about the reserved flags, where a packet has one of its own. */
const FLAG_STATEMENTS: Readonly<Record<number, string>> = {
  [PacketType.pubrel]: 'MQTT-3.6.1-1',
  [PacketType.subscribe]: 'MQTT-3.8.1-1',
  [PacketType.unsubscribe]: 'MQTT-3.10.1-1',
  [PacketType.disconnect]: 'MQTT-3.14.1-1',
  [PacketType.auth]: 'MQTT-3.15.1-1',
};

/** Throws unless the flags in the first byte are those that the packet type demands. */
export function checkFixedHeader(header: number, version: ProtocolVersion): void {
  const type = header >> 4;
  const expected = fixedHeader(type);
  if (header === expected) return;
  if (version === 3 && expected !== type << 4 && header === (expected | DUP)) return;
  throw malformed('reserved flags of the fixed header are set wrongly', FLAG_STATEMENTS[type] ?? 'MQTT-2.1.3-1');
}

/** Decodes every packet that has no path of its own in the reader: all but CONNECT, PUBLISH and acknowledgements. */
export function decodePacket(
  type: number,
  reader: ByteReader,
  version: ProtocolVersion,
  isFromServer: boolean,
): Packet {
  checkDirection(type, version, isFromServer);
  switch (type) {
    case PacketType.connack:
      return decodeConnack(reader, version);
    case PacketType.subscribe:
      return decodeSubscribe(reader, version);
    case PacketType.suback:
      return decodeSuback(reader, version);
    case PacketType.unsubscribe:
      return decodeUnsubscribe(reader, version);
    case PacketType.unsuback:
      return decodeUnsuback(reader, version);
    case PacketType.pingreq:
      return decodePing(reader, 'pingreq');
    case PacketType.pingresp:
      return decodePing(reader, 'pingresp');
    case PacketType.disconnect:
      return decodeDisconnect(reader, version, isFromServer);
    default:
      return decodeAuth(reader, isFromServer);
  }
}

function checkDirection(type: number, version: ProtocolVersion, isFromServer: boolean): void {
  if (type === 0 || (type === PacketType.auth && version < 5)) throw malformed(`${type} is no packet type`);
  if (!(isFromServer ? FROM_SERVER : FROM_CLIENT).has(type)) {
    throw protocolError(`packet type ${type} does not come from a ${isFromServer ? 'server' : 'client'}`);
  }
  if (type === PacketType.disconnect && isFromServer && version < 5) {
    throw protocolError('before MQTT 5 a server sends no DISCONNECT');
  }
}

function typeSet(...names: (keyof typeof PacketType)[]): ReadonlySet<number> {
  return new Set(names.map((name) => PacketType[name]));
}
