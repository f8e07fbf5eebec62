import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { byteAt, writeUint16 } from './bytes.ts';
import type { AckKind } from './handler.ts';
import { malformed } from './malformed.ts';
import type { AckPacket, ProtocolVersion } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';
import { readPropertySection, writePropertySection } from './property-section.ts';
import { checkReasonCode } from './reason-codes.ts';

/* PUBACK, PUBREC, PUBREL, PUBCOMP: packet id, from 5.0 on also [reason code, [properties]], left out when they say nothing */

const NAMES = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' } as const;
const STATEMENTS = { 4: 'MQTT-3.4.2-1', 5: 'MQTT-3.5.2-1', 6: 'MQTT-3.6.2-1', 7: 'MQTT-3.7.2-1' } as const;

/** Bytes of an acknowledgement without a reason code. */
export const ACK_SIZE = 4;

/** Reads what follows the packet id of an acknowledgement in `bytes[start, end)` and answers the reason code. */
export function decodeAckReason(
  kind: AckKind,
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
  isFromServer: boolean,
): number {
  if (version < 5) throw malformed(`the remaining length of ${NAMES[kind].toUpperCase()} is not 2`);
  const reasonCode = byteAt(bytes, start);
  checkReasonCode(NAMES[kind], reasonCode, isFromServer, STATEMENTS[kind]);
  if (start + 1 < end) {
    const reader = new ByteReader(bytes, start + 1, end);
    readPropertySection(reader, NAMES[kind], isFromServer);
    reader.finish();
  }
  return reasonCode;
}

/** Writes an acknowledgement that says success, the same in all versions, and answers the offset behind it. */
export function writeAck(target: Uint8Array, at: number, kind: AckKind, packetId: number): number {
  target[at] = fixedHeader(kind);
  target[at + 1] = 2;
  return writeUint16(target, at + 2, packetId);
}

/** Writes an acknowledgement with a reason code (5 bytes), which only MQTT 5 has. */
export function writeAckWithReason(
  target: Uint8Array,
  at: number,
  kind: AckKind,
  packetId: number,
  reasonCode: number,
): number {
  target[at] = fixedHeader(kind);
  target[at + 1] = 3;
  target[at + 4] = reasonCode;
  return writeUint16(target, at + 2, packetId) + 1;
}

export function encodeAck({ type, packetId, reasonCode, properties }: AckPacket, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  writer.uint16(packetId);
  if (version === 5 && (reasonCode !== 0 || properties !== undefined)) {
    writer.byte(reasonCode);
    if (properties !== undefined) writePropertySection(writer, properties);
  }
  return writer.packet(fixedHeader(PacketType[type]));
}
