import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectGreeted } from '../test/collect.ts';
import { ACK_SIZE, writeAck, writeAckWithReason } from './ack.ts';
import { encodePacket } from './encode-packet.ts';
import type { Properties, ProtocolVersion, PublishPacket, Qos } from './packet.ts';
import { PacketReader } from './packet-reader.ts';
import { encodeProperties } from './properties.ts';
import {
  forwardedLength,
  forwardPublish,
  type PublishContent,
  packetIdOffset,
  publishHeader,
  publishLength,
  writePacketId,
  writePublish,
} from './publish.ts';
import { publishPacketOf } from './received-publish.ts';

const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];
const QOS: readonly Qos[] = [0, 1, 2];
/** Around the sizes at which lengths take another byte and copying takes another way. */
const SIZES = [0, 1, 12, 13, 32, 33, 110, 127, 128, 129, 16_300, 16_384, 2_097_152];

describe('writePublish', () => {
  test('writes what encodePacket writes, at an offset, and no byte beside it', () => {
    for (const version of VERSIONS) {
      for (const qos of QOS) {
        for (const size of SIZES) {
          const packet = publishOf(qos, size);
          const content = contentOf(packet);
          const length = publishLength(content, version, qos);
          const target = Buffer.alloc(length + 8, 0xee);

          const end = writePublish(target, 4, content, version, publishHeader(qos, true, false), 7);

          assert.equal(end, 4 + length);
          assert.ok(encodePacket(packet, version).equals(target.subarray(4, end)), `${version} ${qos} ${size}`);
          assert.deepEqual([...target.subarray(0, 4), ...target.subarray(end)], Array(8).fill(0xee));
        }
      }
    }
  });

  test('refuses what MQTT cannot express before anything is written', () => {
    const tooLarge = { topicBytes: Buffer.from('a'), payload: { length: 268_435_456 } as Uint8Array };

    assert.throws(() => publishLength({ ...tooLarge, propertyBytes: undefined }, 4, 0), RangeError);
    assert.throws(() => encodePacket({ ...publishOf(0, 1), topic: 'a'.repeat(65_536) }, 4), RangeError);
  });
});

describe('fan-out', () => {
  test('one written packet is copied, and the packet identifier of each copy patched', () => {
    for (const version of VERSIONS) {
      for (const size of SIZES.slice(0, -1)) {
        const packet = publishOf(1, size);
        const frame = encodePacket(packet, version);
        const target = Buffer.alloc(frame.length + 3);

        target.set(frame, 3);
        writePacketId(target, 3 + packetIdOffset(frame), 0xabcd);

        assert.deepEqual(readBack(target.subarray(3), version), [{ ...asVersion(packet, version), packetId: 0xabcd }]);
      }
    }
  });
});

describe('forwardPublish', () => {
  test('writes a received packet for any version and lower QoS as encodePacket does', () => {
    for (const from of VERSIONS) {
      for (const received of QOS) {
        for (const size of SIZES.slice(0, -1)) forwardEverywhere(publishOf(received, size), from);
      }
    }
  });

  function forwardEverywhere(packet: PublishPacket, from: ProtocolVersion): void {
    for (const version of VERSIONS) {
      for (const qos of QOS) {
        const expected = encodePacket({ ...asVersion(packet, from), qos, packetId: 9, retain: false }, version);

        const written = forwardOne(packet, from, version, qos);

        assert.ok(expected.equals(written), `${from} QoS ${packet.qos} to ${version} QoS ${qos}`);
      }
    }
  }

  function forwardOne(packet: PublishPacket, from: ProtocolVersion, version: ProtocolVersion, qos: Qos): Buffer {
    let written = Buffer.alloc(0);
    const nothing = () => undefined;
    const reader = new PacketReader(
      {
        onPublish: (view) => {
          const target = Buffer.alloc(forwardedLength(view, version, qos) + 5);
          const end = forwardPublish(target, 5, view, version, publishHeader(qos, false, false), 9);
          assert.equal(end, target.length);
          written = target.subarray(5);
        },
        onAck: nothing,
        onPacket: nothing,
        onError: (error) => assert.fail(error),
      },
      { role: 'client' },
    );
    reader.version = from;
    reader.push(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, from));
    reader.push(encodePacket(packet, from));
    return written;
  }
});

test('publishPacketOf makes a copy that outlives the received bytes', () => {
  const packets: PublishPacket[] = [];
  const packet = publishOf(1, 3);
  const nothing = () => undefined;
  const reader = new PacketReader(
    {
      onPublish: (view) => void packets.push(publishPacketOf(view)),
      onAck: nothing,
      onPacket: nothing,
      onError: nothing,
    },
    { role: 'client' },
  );
  reader.version = 5;
  const chunk = Buffer.concat([
    encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5),
    encodePacket(packet, 5),
  ]);

  reader.push(chunk);
  chunk.fill(0);

  assert.deepEqual(packets, [packet]);
});

test('acknowledgements are written at an offset', () => {
  const target = Buffer.alloc(16, 0xee);

  const first = writeAck(target, 1, 4, 258);
  const second = writeAck(target, first, 6, 1);
  const third = writeAckWithReason(target, second, 5, 2, 0x97);

  assert.equal(first, 1 + ACK_SIZE);
  assert.equal(target.subarray(0, third).toString('hex'), 'ee40020102620200015003000297');
  assert.equal(target[third], 0xee);
});

function publishOf(qos: Qos, size: number): PublishPacket {
  const properties: Properties = { contentType: 't', correlationData: Buffer.from([1]), userProperties: [['a', 'b']] };
  return {
    type: 'publish',
    topic: 'devices/é/state',
    payload: Buffer.alloc(size, 'xyz'),
    qos,
    retain: true,
    dup: false,
    ...(qos > 0 && { packetId: 7 }),
    ...(size % 2 === 1 && { properties }),
  };
}

function contentOf(packet: PublishPacket): PublishContent {
  const propertyBytes = packet.properties === undefined ? undefined : encodeProperties(packet.properties);
  return { topicBytes: Buffer.from(packet.topic), payload: packet.payload, propertyBytes };
}

/** What is left of a packet on a connection of that version. */
function asVersion(packet: PublishPacket, version: ProtocolVersion): PublishPacket {
  const { properties, ...rest } = packet;
  return version === 5 && properties !== undefined ? packet : rest;
}

function readBack(encoded: Buffer, version: ProtocolVersion): unknown[] {
  const { reader, packets } = collectGreeted(version, 'client');
  reader.push(encoded);
  return packets;
}
