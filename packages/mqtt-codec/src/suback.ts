import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { malformed, protocolError } from './malformed.ts';
import type { ProtocolVersion, SubackPacket } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* SUBACK: packet id, [properties], reason code for each topic filter (before 5.0: granted QoS, or 0x80) */

const FAILURE = 0x80;

export function decodeSuback(reader: ByteReader, version: ProtocolVersion): SubackPacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readPropertySection(reader, 'suback', true) : undefined;
  if (reader.isAtEnd) throw protocolError('SUBACK carries no reason code', 'MQTT-3.8.4-6');
  const reasonCodes: number[] = [];
  while (!reader.isAtEnd) reasonCodes.push(decodeCode(reader, version));
  return { type: 'suback', packetId, reasonCodes, ...(properties && { properties }) };
}

function decodeCode(reader: ByteReader, version: ProtocolVersion): number {
  const code = reader.byte();
  if (version === 5) checkReasonCode('suback', code, true, 'MQTT-3.9.3-2');
  else if (code > 2 && code !== FAILURE) throw malformed(`${code} is no return code of SUBACK`, 'MQTT-3.9.3-2');
  return code;
}

export function encodeSuback(packet: SubackPacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.uint16(packet.packetId);
  if (version === 5) writePropertySection(writer, packet.properties);
  for (const reasonCode of packet.reasonCodes) writer.byte(reasonCode);
  return writer.packet(fixedHeader(PacketType.suback));
}
