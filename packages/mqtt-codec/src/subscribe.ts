import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { malformed, protocolError } from './malformed.ts';
import type { ProtocolVersion, Qos, SubscribePacket, Subscription } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { isSharedFilter } from './topic.ts';

/*
 * SUBSCRIBE: packet id, [properties], (topic filter, options)+
 *
 * options   7-6 reserved | 5-4 retain handling | 3 retain as published | 2 no local | 1-0 maximum QoS
 * Before 5.0 the byte holds the QoS alone.
 */

const RETAIN_HANDLING_SHIFT = 4;
const RETAIN_AS_PUBLISHED = 0x08;
const NO_LOCAL = 0x04;

export function decodeSubscribe(reader: ByteReader, version: ProtocolVersion): SubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readPropertySection(reader, 'subscribe', false) : undefined;
  if (reader.isAtEnd) throw protocolError('SUBSCRIBE names no topic filter', 'MQTT-3.8.3-2');
  const subscriptions: Subscription[] = [];
  while (!reader.isAtEnd) subscriptions.push(decodeSubscription(reader, version));
  return { type: 'subscribe', packetId, subscriptions, ...(properties && { properties }) };
}

function decodeSubscription(reader: ByteReader, version: ProtocolVersion): Subscription {
  const topicFilter = reader.topicFilter();
  const options = reader.byte();
  checkOptions(options, version);
  const noLocal = (options & NO_LOCAL) !== 0;
  if (noLocal && isSharedFilter(topicFilter)) {
    throw protocolError('a shared subscription is marked as no local', 'MQTT-3.8.3-4');
  }
  return {
    topicFilter,
    qos: (options & 0b11) as Qos,
    noLocal,
    retainAsPublished: (options & RETAIN_AS_PUBLISHED) !== 0,
    retainHandling: (options >> RETAIN_HANDLING_SHIFT) as Subscription['retainHandling'],
  };
}

function checkOptions(options: number, version: ProtocolVersion): void {
  if (version < 5) {
    // The number of 3.1.1, where six bits are reserved. It is spelled like that.
    if (options > 2) throw malformed('the QoS of a subscription is not 0, 1 or 2', 'MQTT-3-8.3-4');
    return;
  }
  if (options >= 0x40) throw malformed('reserved bits of the subscription options are set', 'MQTT-3.8.3-5');
  if ((options & 0b11) === 3) throw protocolError('the QoS of a subscription is 3');
  if (options >> RETAIN_HANDLING_SHIFT === 3) throw protocolError('the retain handling of a subscription is 3');
}

export function encodeSubscribe(packet: SubscribePacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.uint16(packet.packetId);
  if (version === 5) writePropertySection(writer, packet.properties);
  for (const subscription of packet.subscriptions) {
    writer.string(subscription.topicFilter);
    writer.byte(version === 5 ? subscriptionOptions(subscription) : subscription.qos);
  }
  return writer.packet(fixedHeader(PacketType.subscribe));
}

function subscriptionOptions({ qos, noLocal, retainAsPublished, retainHandling }: Subscription): number {
  const flags = (noLocal ? NO_LOCAL : 0) | (retainAsPublished ? RETAIN_AS_PUBLISHED : 0);
  return qos | flags | (retainHandling << RETAIN_HANDLING_SHIFT);
}
