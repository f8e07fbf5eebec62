import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolError } from './malformed.ts';
import type { ProtocolVersion, UnsubackPacket } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* UNSUBACK: packet id; from 5.0 on also properties and a reason code for each topic filter */

export function decodeUnsuback(reader: ByteReader, version: ProtocolVersion): UnsubackPacket {
  const packetId = reader.packetId();
  const reasonCodes: number[] = [];
  if (version < 5) {
    reader.finish();
    return { type: 'unsuback', packetId, reasonCodes };
  }
  const properties = readPropertySection(reader, 'unsuback', true);
  if (reader.isAtEnd) throw protocolError('UNSUBACK carries no reason code', 'MQTT-3.11.3-1');
  while (!reader.isAtEnd) {
    const reasonCode = reader.byte();
    checkReasonCode('unsuback', reasonCode, true, 'MQTT-3.11.3-2');
    reasonCodes.push(reasonCode);
  }
  return { type: 'unsuback', packetId, reasonCodes, ...(properties && { properties }) };
}

export function encodeUnsuback(packet: UnsubackPacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.uint16(packet.packetId);
  if (version === 5) {
    writePropertySection(writer, packet.properties);
    for (const reasonCode of packet.reasonCodes) writer.byte(reasonCode);
  }
  return writer.packet(fixedHeader(PacketType.unsuback));
}
