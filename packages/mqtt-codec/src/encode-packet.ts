import { encodeAck } from './ack.ts';
import { encodeAuth } from './auth.ts';
import { encodeConnack } from './connack.ts';
import { encodeConnect } from './connect.ts';
import { encodeDisconnect } from './disconnect.ts';
import type { Packet, ProtocolVersion } from './packet.ts';
import { encodePing } from './ping.ts';
import { encodePublish } from './publish.ts';
import { encodeSuback } from './suback.ts';
import { encodeSubscribe } from './subscribe.ts';
import { encodeUnsuback } from './unsuback.ts';
import { encodeUnsubscribe } from './unsubscribe.ts';

/**
 * The bytes of a packet for a connection of that version; what the version does not know (properties, reason codes,
 * subscription options) is left out. CONNECT goes by its own `protocolVersion`. The values are trusted, except that
 * `RangeError` is thrown for lengths that MQTT cannot express.
 */
export function encodePacket(packet: Packet, version: ProtocolVersion): Buffer {
  switch (packet.type) {
    case 'connect':
      return encodeConnect(packet);
    case 'connack':
      return encodeConnack(packet, version);
    case 'publish':
      return encodePublish(packet, version);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return encodeAck(packet, version);
    case 'subscribe':
      return encodeSubscribe(packet, version);
    case 'suback':
      return encodeSuback(packet, version);
    case 'unsubscribe':
      return encodeUnsubscribe(packet, version);
    case 'unsuback':
      return encodeUnsuback(packet, version);
    case 'pingreq':
    case 'pingresp':
      return encodePing(packet);
    case 'disconnect':
      return encodeDisconnect(packet, version);
    default:
      return encodeAuth(packet);
  }
}
