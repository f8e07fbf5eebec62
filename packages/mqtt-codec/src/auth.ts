import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolError } from './malformed.ts';
import type { AuthPacket } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* AUTH (5.0 only): [reason code, properties], both left out for success without properties */

export function decodeAuth(reader: ByteReader, isFromServer: boolean): AuthPacket {
  if (reader.isAtEnd) {
    checkReasonCode('auth', 0, isFromServer, 'MQTT-3.15.2-1');
    return { type: 'auth', reasonCode: 0 };
  }
  const reasonCode = reader.byte();
  checkReasonCode('auth', reasonCode, isFromServer, 'MQTT-3.15.2-1');
  const properties = readPropertySection(reader, 'auth', isFromServer);
  reader.finish();
  if (properties?.authenticationMethod === undefined) throw protocolError('AUTH names no authentication method');
  return { type: 'auth', reasonCode, properties };
}

export function encodeAuth({ reasonCode, properties }: AuthPacket): Buffer {
  const writer = new ByteWriter();
  if (reasonCode !== 0 || properties !== undefined) {
    writer.byte(reasonCode);
    writePropertySection(writer, properties);
  }
  return writer.packet(fixedHeader(PacketType.auth));
}
