import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collect, collectGreeted } from '../test/collect.ts';
import { bytes } from '../test/notation.ts';
import type { PublishView } from './index.ts';
import { PacketReader } from './packet-reader.ts';

const CONNECT_5 = bytes('10 0d 0004 "MQTT" 05 02 0000 00 0000');
const PINGREQ = bytes('c0 00');

describe('sizes', () => {
  test('a packet above the limit is refused when its header is there, before its body', () => {
    const { reader, errors } = collectGreeted(4, 'client', { maxPacketSize: 64 });

    reader.push(bytes('30 3f'));

    assert.equal(errors.length, 1);
    assert.equal(errors[0]?.reasonCode, 0x95);
  });

  test('a packet as large as the limit is read', () => {
    const { reader, packets, errors } = collectGreeted(4, 'client', { maxPacketSize: 64 });

    reader.push(bytes('30 3e 0001 "a" 00*59'));

    assert.deepEqual(errors, []);
    assert.equal(packets.length, 1);
  });

  test('a packet with a remaining length of four bytes is put together from many chunks', () => {
    const { reader, packets } = collectGreeted(4, 'client');
    const payload = Buffer.alloc(2_097_152, 'abcdefg');
    const encoded = Buffer.concat([bytes('30 85808001 0003 "a/b"'), payload, PINGREQ]);

    for (let at = 0; at < encoded.length; at += 65_536) reader.push(encoded.subarray(at, at + 65_536));

    assert.equal(packets.length, 2);
    assert.ok(packets[0]?.type === 'publish' && payload.equals(packets[0].payload));
    assert.deepEqual(packets[1], { type: 'pingreq' });
  });

  test('a remaining length of five bytes is refused at its fourth', () => {
    const { reader, errors } = collectGreeted(4, 'client');

    reader.push(bytes('30 80808080'));

    assert.equal(errors[0]?.statement, 'MQTT-1.5.5-1');
  });
});

describe('the first packet', () => {
  test('is refused by its first byte when it is not CONNECT', () => {
    const { reader, errors } = collect(4, 'client');

    reader.push(bytes('c0'));

    assert.equal(errors[0]?.statement, 'MQTT-3.1.0-1');
  });

  test('sets the version, which holds for the packets in the same chunk', () => {
    const { reader, packets, errors } = collect(4, 'client');

    reader.push(Buffer.concat([CONNECT_5, bytes('30 06 0000 03 23 0001')]));

    assert.deepEqual(errors, []);
    assert.equal(reader.version, 5);
    assert.equal(packets.length, 2);
  });

  test('tells its version even when the rest of it is malformed', () => {
    const { reader, errors } = collect(4, 'client');

    reader.push(bytes('10 0d 0004 "MQTT" 05 03 0000 00 0000'));

    assert.equal(reader.version, 5);
    assert.equal(errors[0]?.statement, 'MQTT-3.1.2-3');
  });

  test('of a server may be AUTH in 5.0, and CONNACK after it', () => {
    const { reader, packets, errors } = collect(5, 'server');

    reader.push(bytes('f0 06 18 04 15 0001 "m" 20 03 00 00 00'));

    assert.deepEqual(errors, []);
    assert.deepEqual(
      packets.map((packet) => packet.type),
      ['auth', 'connack'],
    );
  });
});

describe('the handler', () => {
  test('may stop the reading, which ends with the current packet', () => {
    const seen: string[] = [];
    const reader = readerOf({
      onPacket: (packet) => {
        seen.push(packet.type);
        if (packet.type === 'pingreq') reader.stop();
      },
    });

    reader.push(Buffer.concat([CONNECT_5, PINGREQ, PINGREQ, bytes('c0')]));
    reader.push(PINGREQ);

    assert.deepEqual(seen, ['connect', 'pingreq']);
  });

  test('hears of one error and nothing after it', () => {
    const { reader, packets, errors } = collectGreeted(4, 'client');

    reader.push(Buffer.concat([PINGREQ, bytes('c1 00'), PINGREQ, bytes('00 00')]));

    assert.equal(packets.length, 1);
    assert.equal(errors.length, 1);
  });

  test('that throws ends the reading, and its error reaches the caller', () => {
    let calls = 0;
    const reader = readerOf({
      onPacket: () => {
        calls += 1;
        throw new TypeError('a bug of the handler');
      },
    });

    assert.throws(() => reader.push(Buffer.concat([CONNECT_5, PINGREQ])), /a bug of the handler/);
    reader.push(PINGREQ);

    assert.equal(calls, 1);
  });
});

describe('the view of a PUBLISH', () => {
  test('points at the parts of the packet in the received bytes', () => {
    const { at, reader } = inspect((view) => ({
      start: view.start,
      end: view.end,
      topic: view.bytes.toString('utf8', view.topicStart, view.topicEnd),
      packetId: view.bytes.readUInt16BE(view.packetIdAt),
      propertiesStart: view.propertiesStart,
      propertiesEnd: view.propertiesEnd,
      payload: view.bytes.toString('utf8', view.payloadStart, view.end),
      topicAlias: view.topicAlias,
      messageExpiryInterval: view.messageExpiryInterval,
      properties: view.properties(),
    }));

    reader.push(Buffer.concat([PINGREQ, bytes('32 12 0003 "a/b" 0102 08 23 0007 02 0000003c "hi"')]));

    assert.deepEqual(at, [
      {
        start: 2,
        end: 22,
        topic: 'a/b',
        packetId: 258,
        propertiesStart: 12,
        propertiesEnd: 20,
        payload: 'hi',
        topicAlias: 7,
        messageExpiryInterval: 60,
        properties: { topicAlias: 7, messageExpiryInterval: 60 },
      },
    ]);
  });

  test('forgets what the packet before it said', () => {
    const { at, reader } = inspect((view) => [view.topicAlias, view.messageExpiryInterval, view.properties()]);

    reader.push(bytes('30 0c 0001 "a" 08 23 0007 02 00000001 30 04 0001 "a" 00'));

    assert.deepEqual(at, [
      [7, 1, { topicAlias: 7, messageExpiryInterval: 1 }],
      [0, -1, undefined],
    ]);
  });

  test('is one object, and lets go of the bytes afterwards', () => {
    const { at, reader } = inspect((view) => view);

    reader.push(bytes('30 04 0001 "a" 00 30 04 0001 "b" 00'));

    assert.equal(at.length, 2);
    assert.equal(at[0], at[1]);
    assert.equal(at[0]?.bytes.length, 0);
  });

  test('tells a topic as it is, whose check is up to the one who decodes it', () => {
    const { at, reader } = inspect((view) => view.topicEnd - view.topicStart);

    reader.push(bytes('30 05 0002 "#" ff 00'));

    assert.deepEqual(at, [2]);
  });
});

test('MQTT 3.1 may set DUP on PUBREL and UNSUBSCRIBE', () => {
  const { reader, packets, errors } = collectGreeted(3, 'client');

  reader.push(bytes('6a 02 0001 aa 05 0001 0001 "a"'));

  assert.deepEqual(errors, []);
  assert.equal(packets.length, 2);
});

function readerOf(handler: Partial<ConstructorParameters<typeof PacketReader>[0]>): PacketReader {
  const nothing = () => undefined;
  return new PacketReader({ onPublish: nothing, onAck: nothing, onPacket: nothing, onError: nothing, ...handler });
}

/** A greeted 5.0 reader that notes what `look` answers for each PUBLISH. */
function inspect<T>(look: (view: PublishView) => T): { at: T[]; reader: PacketReader } {
  const at: T[] = [];
  const reader = readerOf({ onPublish: (view) => void at.push(look(view)) });
  reader.push(CONNECT_5);
  return { at, reader };
}
