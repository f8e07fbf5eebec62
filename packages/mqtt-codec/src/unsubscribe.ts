import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolError } from './malformed.ts';
import type { ProtocolVersion, UnsubscribePacket } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';

/* UNSUBSCRIBE: packet id, [properties], topic filter+ */

export function decodeUnsubscribe(reader: ByteReader, version: ProtocolVersion): UnsubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readPropertySection(reader, 'unsubscribe', false) : undefined;
  if (reader.isAtEnd) throw protocolError('UNSUBSCRIBE names no topic filter', 'MQTT-3.10.3-2');
  const topicFilters: string[] = [];
  while (!reader.isAtEnd) topicFilters.push(reader.topicFilter());
  return { type: 'unsubscribe', packetId, topicFilters, ...(properties && { properties }) };
}

export function encodeUnsubscribe(packet: UnsubscribePacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.uint16(packet.packetId);
  if (version === 5) writePropertySection(writer, packet.properties);
  for (const topicFilter of packet.topicFilters) writer.string(topicFilter);
  return writer.packet(fixedHeader(PacketType.unsubscribe));
}
