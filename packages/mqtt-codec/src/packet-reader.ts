import { decodeAckReason } from './ack.ts';
import { ByteReader, checkedVarintSize } from './byte-reader.ts';
import { byteAt, MAX_VARINT, uint16At, varintAt } from './bytes.ts';
import { decodeConnect, decodeProtocol } from './connect.ts';
import { checkFixedHeader, decodePacket } from './decode-packet.ts';
import { type AckKind, MalformedPacketError, type PacketHandler } from './handler.ts';
import { malformed, PACKET_TOO_LARGE, protocolError } from './malformed.ts';
import type { Packet, ProtocolVersion } from './packet.ts';
import { PacketType } from './packet-type.ts';
import { ReceivedPublish } from './received-publish.ts';

/** The type byte and a remaining length of four bytes. */
const LONGEST_HEADER = 5;

export interface PacketReaderOptions {
  /** Largest packet that is taken, fixed header included. Default: what MQTT can express. */
  readonly maxPacketSize?: number;
  /** What the reader is part of. A server reads what clients send, and the other way round. Default `server`. */
  readonly role?: 'server' | 'client';
}

/**
 * Finds the packets in a byte stream, in one pass over each chunk.
 *
 * Nothing that is handed out refers to a chunk for longer than the call it is handed out in, so a caller may reuse its
 * receive buffer. The bytes of a packet that has come in part are copied aside; a chunk is never joined with another.
 * Not re-entrant: the handler must not call `push` of the same reader.
 */
export class PacketReader {
  /** Set by CONNECT as a server; set by the owner as a client, before the first byte. */
  version: ProtocolVersion = 4;
  readonly #handler: PacketHandler;
  readonly #maxPacketSize: number;
  readonly #isFromServer: boolean;
  readonly #publish = new ReceivedPublish();
  /** CONNECT (server) or CONNACK (client) has been read. */
  #isGreeted = false;
  #isStopped = false;
  /** Beginning of a packet: the first bytes of its header, or room for the whole packet. Undefined between packets. */
  #kept: Buffer | undefined;
  #keptLength = 0;

  constructor(handler: PacketHandler, options: PacketReaderOptions = {}) {
    this.#handler = handler;
    this.#maxPacketSize = options.maxPacketSize ?? MAX_VARINT + LONGEST_HEADER;
    this.#isFromServer = options.role === 'client';
  }

  /** Reads what has arrived. Bad bytes are told to `onError`, once; what the handler throws passes through and ends the reading. */
  push(chunk: Buffer): void {
    if (this.#isStopped) return;
    try {
      const start = this.#kept === undefined ? 0 : this.#completeKept(this.#kept, chunk);
      const end = this.#readPackets(chunk, start);
      if (end < chunk.length && !this.#isStopped) this.#keep(chunk, end);
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.#publish.release();
    }
  }

  /** Ignores everything from here on, the rest of the current chunk included. */
  stop(): void {
    this.#isStopped = true;
    this.#kept = undefined;
  }

  /** Reads whole packets from `from` on; answers where the first incomplete one begins. */
  #readPackets(bytes: Buffer, from: number): number {
    const limit = bytes.length;
    let at = from;
    while (at < limit && !this.#isStopped) {
      const size = this.#packetSize(bytes, at, limit);
      if (size <= 0 || at + size > limit) break;
      this.#readPacket(bytes, at, at + size);
      at += size;
    }
    return at;
  }

  /** Size of the packet at `at`: 0 while its header is incomplete, -1 when it has failed. */
  #packetSize(bytes: Buffer, at: number, limit: number): number {
    if (!this.#isGreeted && !this.#mayComeFirst(byteAt(bytes, at))) return -1;
    const header = headerSize(bytes, at, limit);
    if (header === 0) return 0;
    const isShortest = header === 2 || byteAt(bytes, at + header - 1) !== 0;
    if (header > LONGEST_HEADER || (!isShortest && this.version === 5 && this.#isGreeted)) {
      return this.#fail(malformed('the remaining length is not a variable byte integer', 'MQTT-1.5.5-1'));
    }
    const size = header + varintAt(bytes, at + 1);
    if (size <= this.#maxPacketSize) return size;
    const message = `the packet has ${size} bytes; the limit is ${this.#maxPacketSize}`;
    return this.#fail(new MalformedPacketError(PACKET_TOO_LARGE, message));
  }

  #mayComeFirst(header: number): boolean {
    const type = header >> 4;
    if (this.#isFromServer) {
      if (type === PacketType.connack || (type === PacketType.auth && this.version === 5)) return true;
      this.#fail(protocolError('the first packet of a server is not CONNACK', 'MQTT-3.2.0-1'));
      return false;
    }
    if (type === PacketType.connect) return true;
    this.#fail(protocolError('the first packet of a client is not CONNECT', 'MQTT-3.1.0-1'));
    return false;
  }

  #readPacket(bytes: Buffer, at: number, end: number): void {
    const header = byteAt(bytes, at);
    const body = at + headerSize(bytes, at, end);
    const type = header >> 4;
    if (type === PacketType.publish) this.#readPublish(bytes, at, body, end);
    else if (isAckKind(type)) this.#readAck(type, header, bytes, body, end);
    else this.#readOther(type, bytes, at, body, end);
  }

  #readPublish(bytes: Buffer, at: number, body: number, end: number): void {
    try {
      this.#publish.read(bytes, at, body, end, this.version, this.#isFromServer);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handler.onPublish(this.#publish);
  }

  #readAck(kind: AckKind, header: number, bytes: Buffer, body: number, end: number): void {
    let packetId: number;
    let reasonCode = 0;
    try {
      checkFixedHeader(header, this.version);
      packetId = checkedPacketId(bytes, body, end);
      if (end > body + 2) {
        reasonCode = decodeAckReason(kind, bytes, body + 2, end, this.version, this.#isFromServer);
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handler.onAck(kind, packetId, reasonCode);
  }

  #readOther(type: number, bytes: Buffer, at: number, body: number, end: number): void {
    let packet: Packet;
    try {
      checkFixedHeader(byteAt(bytes, at), this.version);
      packet = this.#decode(type, bytes, at, body, end);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handler.onPacket(packet);
  }

  #decode(type: number, bytes: Buffer, at: number, body: number, end: number): Packet {
    const reader = new ByteReader(bytes, body, end);
    if (type === PacketType.connect && !this.#isFromServer) return this.#decodeConnect(reader, at, body);
    const packet = decodePacket(type, reader, this.version, this.#isFromServer);
    if (packet.type === 'connack') {
      if (this.#isGreeted) throw protocolError('the server sent a second CONNACK', 'MQTT-3.2.0-2');
      this.#isGreeted = true;
    }
    return packet;
  }

  #decodeConnect(reader: ByteReader, at: number, body: number): Packet {
    if (this.#isGreeted) throw protocolError('the client sent a second CONNECT', 'MQTT-3.1.0-2');
    const protocol = decodeProtocol(reader);
    // Set before anything else can fail, so that the refusal can be written in the client's version.
    this.version = protocol.version;
    if (this.version === 5) checkedVarintSize(reader.bytes, at + 1, body);
    const packet = decodeConnect(reader, protocol);
    this.#isGreeted = true;
    return packet;
  }

  /** Goes on with the kept beginning of a packet; answers how much of the chunk belonged to it. */
  #completeKept(kept: Buffer, chunk: Buffer): number {
    let from = 0;
    let size = this.#packetSize(kept, 0, this.#keptLength);
    while (size === 0 && from < chunk.length) {
      kept[this.#keptLength++] = byteAt(chunk, from++);
      size = this.#packetSize(kept, 0, this.#keptLength);
    }
    if (size <= 0) return chunk.length;
    const packet = this.#roomFor(size, kept);
    const taken = Math.min(size - this.#keptLength, chunk.length - from);
    chunk.copy(packet, this.#keptLength, from, from + taken);
    this.#keptLength += taken;
    if (this.#keptLength === size) {
      this.#kept = undefined;
      this.#readPacket(packet, 0, size);
    }
    return from + taken;
  }

  /** The kept bytes with room for the whole packet, which is made once, when its size is known. */
  #roomFor(size: number, kept: Buffer): Buffer {
    if (kept.length >= size) return kept;
    const larger = Buffer.allocUnsafe(size);
    kept.copy(larger, 0, 0, this.#keptLength);
    this.#kept = larger;
    return larger;
  }

  /** Copies the beginning of a packet aside, with room for the rest if its size is known. */
  #keep(chunk: Buffer, from: number): void {
    const size = this.#packetSize(chunk, from, chunk.length);
    const kept = Buffer.allocUnsafe(Math.max(size, LONGEST_HEADER));
    this.#keptLength = chunk.copy(kept, 0, from);
    this.#kept = kept;
  }

  /** Ends the reading. Answers -1, for the callers that answer a size. */
  #fail(error: unknown): -1 {
    if (!(error instanceof MalformedPacketError)) throw error;
    this.stop();
    this.#handler.onError(error);
    return -1;
  }
}

/** Size of the fixed header at `at`: 0 while it is incomplete, more than {@link LONGEST_HEADER} when its length does not end. */
function headerSize(bytes: Uint8Array, at: number, limit: number): number {
  for (let size = 2; size <= LONGEST_HEADER; size++) {
    if (at + size > limit) return 0;
    if (byteAt(bytes, at + size - 1) < 0x80) return size;
  }
  return LONGEST_HEADER + 1;
}

function checkedPacketId(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) throw malformed('the packet ends inside its packet identifier');
  const packetId = uint16At(bytes, at);
  if (packetId === 0) throw malformed('the packet identifier is 0', 'MQTT-2.2.1-3');
  return packetId;
}

function isAckKind(type: number): type is AckKind {
  return type >= PacketType.puback && type <= PacketType.pubcomp;
}
