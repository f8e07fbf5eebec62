import type { ByteReader } from './byte-reader.ts';
import type { PingPacket } from './packet.ts';
import { fixedHeader, PacketType } from './packet-type.ts';

/* PINGREQ and PINGRESP: the fixed header alone */

export function decodePing(reader: ByteReader, type: PingPacket['type']): PingPacket {
  reader.finish();
  return { type };
}

export function encodePing({ type }: PingPacket): Buffer {
  return Buffer.from([fixedHeader(PacketType[type]), 0]);
}
