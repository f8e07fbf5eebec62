import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolError } from './malformed.ts';
import type { DisconnectPacket, ProtocolVersion } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* DISCONNECT: nothing before 5.0; then [reason code, [properties]], both left out when they say nothing */

export function decodeDisconnect(
  reader: ByteReader,
  version: ProtocolVersion,
  isFromServer: boolean,
): DisconnectPacket {
  if (version < 5 || reader.isAtEnd) {
    reader.finish();
    return { type: 'disconnect', reasonCode: 0 };
  }
  const reasonCode = reader.byte();
  checkReasonCode('disconnect', reasonCode, isFromServer, 'MQTT-3.14.2-1');
  const properties = reader.isAtEnd ? undefined : readPropertySection(reader, 'disconnect', isFromServer);
  if (isFromServer && properties?.sessionExpiryInterval !== undefined) {
    throw protocolError('the server sent a session expiry interval in DISCONNECT', 'MQTT-3.14.2-2');
  }
  reader.finish();
  return { type: 'disconnect', reasonCode, ...(properties && { properties }) };
}

export function encodeDisconnect({ reasonCode, properties }: DisconnectPacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  if (version === 5 && (reasonCode !== 0 || properties !== undefined)) {
    writer.byte(reasonCode);
    if (properties !== undefined) writePropertySection(writer, properties);
  }
  return writer.packet(fixedHeader(PacketType.disconnect));
}
