import {
  encodePacket,
  encodeProperties,
  forwardPublish,
  PacketReader,
  type ProtocolVersion,
  type PublishContent,
  type PublishPacket,
  type PublishView,
  packetIdOffset,
  publishHeader,
  publishLength,
  publishPacketOf,
  type Qos,
  writePacketId,
  writePublish,
} from '@millrace/mqtt-codec';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { publish, type Section } from './lib/report.ts';
import { type Contender, cpuNanoseconds, interleave } from './lib/rounds.ts';

/*
 * How fast are parse and encode of a PUBLISH beside mqtt-packet?
 *
 *   node bench/codec.ts [--save]
 *
 * Packets are parsed out of chunks of 64 KiB, as a busy socket delivers them, and written one behind the other into a
 * buffer of that size. "as objects" is what mqtt-packet does as well: a packet object with topic string and properties.
 */

const ROUNDS = 9;
const CHUNK = 65_536;
const CHUNKS_PER_ROUND = 60;
const THEIR_CHUNKS_PER_ROUND = 6;

interface Shape {
  readonly title: string;
  readonly version: ProtocolVersion;
  readonly packet: PublishPacket;
}

const SHAPES: readonly Shape[] = [
  { title: '3.1.1, QoS 0, 64 B', version: 4, packet: packetOf(0, 64) },
  { title: '3.1.1, QoS 1, 64 B', version: 4, packet: packetOf(1, 64) },
  { title: '3.1.1, QoS 1, 256 B', version: 4, packet: packetOf(1, 256) },
  {
    title: '5.0, QoS 1, 64 B, four properties',
    version: 5,
    packet: {
      ...packetOf(1, 64),
      properties: {
        contentType: 'application/json',
        responseTopic: 'devices/lock-0123/answers',
        correlationData: Buffer.from('0123'),
        userProperties: [['site', 'north']],
      },
    },
  },
];

const sections: Section[] = [];
for (const shape of SHAPES) {
  sections.push({ title: `parse ${shape.title}`, results: await interleave(parsers(shape), ROUNDS) });
  sections.push({ title: `encode ${shape.title}`, results: await interleave(encoders(shape), ROUNDS) });
}
publish({
  name: 'codec',
  question: 'How fast are parse and encode of a PUBLISH beside mqtt-packet?',
  unit: 'ns of CPU per packet',
  isLessBetter: true,
  sections,
});

function parsers({ packet, version }: Shape): Contender[] {
  const encoded = encodePacket(packet, version);
  const count = Math.floor(CHUNK / encoded.length);
  const chunk = Buffer.concat(Array.from({ length: count }, () => encoded));
  const views = readerOf(version, (view) => view.packetId);
  const objects = readerOf(version, (view) => publishPacketOf(view).topic.length);
  const theirs = mqttPacket.parser({ protocolVersion: version });
  theirs.on('packet', () => undefined);
  return [
    contender('Millrace, views', CHUNKS_PER_ROUND, count, () => views.push(chunk)),
    contender('Millrace, as objects', CHUNKS_PER_ROUND, count, () => objects.push(chunk)),
    contender('mqtt-packet', THEIR_CHUNKS_PER_ROUND, count, () => void theirs.parse(chunk)),
  ];
}

function encoders({ packet, version }: Shape): Contender[] {
  const content: PublishContent = {
    topicBytes: Buffer.from(packet.topic),
    payload: packet.payload,
    propertyBytes: packet.properties && encodeProperties(packet.properties),
  };
  const header = publishHeader(packet.qos, false, false);
  const frame = encodePacket(packet, version);
  const view = viewOf(packet, version);
  const theirs = theirPacket(packet);
  const target = Buffer.allocUnsafeSlow(CHUNK);
  const count = Math.floor(CHUNK / frame.length);
  return [
    contender('Millrace, copy and patch', CHUNKS_PER_ROUND, count, () => {
      for (let at = 0; at + frame.length <= CHUNK; at += frame.length) {
        target.set(frame, at);
        if (packet.qos > 0) writePacketId(target, at + packetIdOffset(frame), 7);
      }
    }),
    contender('Millrace, writePublish', CHUNKS_PER_ROUND, count, () => {
      let at = 0;
      while (at + publishLength(content, version, packet.qos) <= CHUNK) {
        at = writePublish(target, at, content, version, header, 7);
      }
    }),
    contender('Millrace, forwardPublish', CHUNKS_PER_ROUND, count, () => {
      let at = 0;
      while (at + frame.length <= CHUNK) at = forwardPublish(target, at, view, version, header, 7);
    }),
    contender('Millrace, encodePacket', THEIR_CHUNKS_PER_ROUND, count, () => {
      for (let left = count; left > 0; left--) encodePacket(packet, version);
    }),
    contender('mqtt-packet', THEIR_CHUNKS_PER_ROUND, count, () => {
      for (let left = count; left > 0; left--) mqttPacket.generate(theirs, { protocolVersion: version });
    }),
  ];
}

/** Does `work`, worth `count` packets, so many times a round. */
function contender(name: string, times: number, count: number, work: () => void): Contender {
  const round = () =>
    cpuNanoseconds(times * count, () => {
      for (let left = times; left > 0; left--) work();
    });
  return { name, round };
}

function packetOf(qos: Qos, size: number): PublishPacket {
  const payload = Buffer.alloc(size, 'a');
  const packet = {
    type: 'publish',
    topic: 'devices/lock-0123/state',
    payload,
    qos,
    retain: false,
    dup: false,
  } as const;
  return qos === 0 ? packet : { ...packet, packetId: 7 };
}

function readerOf(version: ProtocolVersion, onPublish: (view: PublishView) => void): PacketReader {
  const nothing = () => undefined;
  const onError = (error: Error) => {
    throw error;
  };
  const reader = new PacketReader({ onPublish, onAck: nothing, onPacket: nothing, onError });
  reader.push(
    encodePacket(
      { type: 'connect', protocolVersion: version, isBridge: false, cleanStart: true, keepAlive: 0, clientId: 'bench' },
      version,
    ),
  );
  return reader;
}

/** A view that may be kept, unlike the one of a reader. */
function viewOf(packet: PublishPacket, version: ProtocolVersion): PublishView {
  const kept: PublishView[] = [];
  readerOf(version, (view) => void kept.push({ ...view, properties: () => undefined })).push(
    encodePacket(packet, version),
  );
  const [view] = kept;
  if (view === undefined) throw new TypeError('the reader found no PUBLISH');
  return view;
}

function theirPacket(packet: PublishPacket): Packet {
  const { type, payload, properties, packetId, ...rest } = packet;
  return {
    ...rest,
    cmd: type,
    payload: Buffer.from(payload),
    ...(packetId !== undefined && { messageId: packetId }),
    ...(properties && {
      properties: { ...properties, userProperties: Object.fromEntries(properties.userProperties ?? []) },
    }),
  } as unknown as Packet;
}
