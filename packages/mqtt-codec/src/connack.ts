import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { malformed, protocolError } from './malformed.ts';
import type { ConnackPacket, ProtocolVersion } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* CONNACK: flags (bit 0: session present), reason code or return code, [properties] */

const SESSION_PRESENT = 0x01;
const HIGHEST_RETURN_CODE = 5;

export function decodeConnack(reader: ByteReader, version: ProtocolVersion): ConnackPacket {
  const flags = reader.byte();
  if ((flags & ~SESSION_PRESENT) !== 0) throw malformed('a reserved flag of CONNACK is set', 'MQTT-3.2.2-1');
  const reasonCode = reader.byte();
  checkCode(reasonCode, version);
  const sessionPresent = flags === SESSION_PRESENT;
  if (sessionPresent && reasonCode !== 0) {
    throw protocolError('a refused connection has no session', 'MQTT-3.2.2-6');
  }
  const properties = version === 5 ? readPropertySection(reader, 'connack', true) : undefined;
  reader.finish();
  return { type: 'connack', sessionPresent, reasonCode, ...(properties && { properties }) };
}

function checkCode(reasonCode: number, version: ProtocolVersion): void {
  if (version === 5) checkReasonCode('connack', reasonCode, true, 'MQTT-3.2.2-8');
  else if (reasonCode > HIGHEST_RETURN_CODE) throw malformed(`${reasonCode} is no return code of CONNACK`);
}

export function encodeConnack(packet: ConnackPacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.byte(packet.sessionPresent ? SESSION_PRESENT : 0);
  writer.byte(packet.reasonCode);
  if (version === 5) writePropertySection(writer, packet.properties);
  return writer.packet(fixedHeader(PacketType.connack));
}
