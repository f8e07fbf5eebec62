import {
  type AckKind,
  type MalformedPacketError,
  type Packet,
  PacketReader,
  type PacketReaderOptions,
  type ProtocolVersion,
  publishPacketOf,
} from '../src/index.ts';
import { bytes } from './notation.ts';

const ACKNOWLEDGEMENTS = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' } as const;

const GREETINGS = {
  client: {
    3: '10 0e 0006 "MQIsdp" 03 02 0000 0000',
    4: '10 0c 0004 "MQTT" 04 02 0000 0000',
    5: '10 0d 0004 "MQTT" 05 02 0000 00 0000',
  },
  server: { 3: '20 02 00 00', 4: '20 02 00 00', 5: '20 03 00 00 00' },
} as const;

export type Sender = keyof typeof GREETINGS;

/** A reader with everything that it has told its handler. */
export interface Collector {
  readonly reader: PacketReader;
  readonly packets: Packet[];
  readonly errors: MalformedPacketError[];
}

/** A reader of what `from` sends, before the first byte. */
export function collect(version: ProtocolVersion, from: Sender, options: PacketReaderOptions = {}): Collector {
  const packets: Packet[] = [];
  const errors: MalformedPacketError[] = [];
  const handler = {
    onPublish: (view: Parameters<typeof publishPacketOf>[0]) => void packets.push(publishPacketOf(view)),
    onAck: (kind: AckKind, packetId: number, reasonCode: number) =>
      void packets.push({ type: ACKNOWLEDGEMENTS[kind], packetId, reasonCode }),
    onPacket: (packet: Packet) => void packets.push(packet),
    onError: (error: MalformedPacketError) => void errors.push(error),
  };
  const reader = new PacketReader(handler, { role: from === 'client' ? 'server' : 'client', ...options });
  if (from === 'server') reader.version = version;
  return { reader, packets, errors };
}

/** The same behind the CONNECT or CONNACK that comes first. */
export function collectGreeted(version: ProtocolVersion, from: Sender, options: PacketReaderOptions = {}): Collector {
  const collector = collect(version, from, options);
  collector.reader.push(bytes(GREETINGS[from][version]));
  collector.packets.length = 0;
  return collector;
}

/** Greeted, unless the packet is the greeting itself. */
export function collectFor(packet: Packet, version: ProtocolVersion, from: Sender): Collector {
  const isGreeting = packet.type === 'connect' || packet.type === 'connack';
  return isGreeting ? collect(version, from) : collectGreeted(version, from);
}

/** The packet as a reader tells it: properties of acknowledgements are checked and not kept. */
export function asRead(packet: Packet): Packet {
  switch (packet.type) {
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { type: packet.type, packetId: packet.packetId, reasonCode: packet.reasonCode };
    default:
      return packet;
  }
}
