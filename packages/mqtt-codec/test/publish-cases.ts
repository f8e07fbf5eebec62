import type { PublishPacket } from '../src/index.ts';
import { ALL, BEFORE_5, type Case, USER } from './case.ts';

export function publishCases(): Case[] {
  const plain: PublishPacket = {
    type: 'publish',
    topic: 'a/b',
    payload: Buffer.from('hello'),
    qos: 0,
    retain: false,
    dup: false,
  };
  const from = 'client';
  return [
    ...BEFORE_5.flatMap((version): Case[] => [
      { name: `PUBLISH ${version} QoS 0`, version, from, packet: plain, bytes: '30 0a 0003 "a/b" "hello"' },
      {
        name: `PUBLISH ${version} QoS 0, retained, empty`,
        version,
        from,
        packet: { ...plain, payload: Buffer.alloc(0), retain: true },
        bytes: '31 05 0003 "a/b"',
      },
      {
        name: `PUBLISH ${version} QoS 1`,
        version,
        from,
        packet: { ...plain, qos: 1, packetId: 1 },
        bytes: '32 0c 0003 "a/b" 0001 "hello"',
      },
      {
        name: `PUBLISH ${version} QoS 1 again, retained`,
        version,
        from,
        packet: { ...plain, qos: 1, packetId: 65_535, dup: true, retain: true },
        bytes: '3b 0c 0003 "a/b" ffff "hello"',
      },
      {
        name: `PUBLISH ${version} QoS 2 from the server`,
        version,
        from: 'server',
        packet: { ...plain, qos: 2, packetId: 256 },
        bytes: '34 0c 0003 "a/b" 0100 "hello"',
      },
    ]),
    {
      name: 'PUBLISH 4 with a remaining length of two bytes',
      version: 4,
      from,
      packet: { ...plain, payload: Buffer.alloc(200, 'a') },
      bytes: '30 cd01 0003 "a/b" 61*200',
    },
    {
      name: 'PUBLISH 4 with a remaining length of three bytes',
      version: 4,
      from,
      packet: { ...plain, payload: Buffer.alloc(16_384, 'a') },
      bytes: '30 858001 0003 "a/b" 61*16384',
    },
    {
      name: 'PUBLISH 4 with a remaining length that is longer than it need be',
      version: 4,
      from,
      packet: plain,
      bytes: '30 8a00 0003 "a/b" "hello"',
      isWritten: false,
    },
    { name: 'PUBLISH 5', version: 5, from, packet: plain, bytes: '30 0b 0003 "a/b" 00 "hello"' },
    {
      name: 'PUBLISH 5 QoS 2 again',
      version: 5,
      from,
      packet: { ...plain, qos: 2, packetId: 7, dup: true },
      bytes: '3c 0d 0003 "a/b" 0007 00 "hello"',
    },
    {
      name: 'PUBLISH 5 with a topic alias alone',
      version: 5,
      from,
      packet: { ...plain, topic: '', payload: Buffer.alloc(0), properties: { topicAlias: 1 } },
      bytes: '30 06 0000 03 23 0001',
    },
    {
      name: 'PUBLISH 5 with everything',
      version: 5,
      from: 'server',
      packet: {
        ...plain,
        payload: Buffer.from('x'),
        qos: 1,
        packetId: 9,
        properties: {
          payloadFormatIndicator: 1,
          messageExpiryInterval: 1,
          contentType: 't',
          responseTopic: 'r/t',
          correlationData: Buffer.from([7]),
          subscriptionIdentifiers: [1, 268_435_455],
          topicAlias: 5,
          userProperties: [
            ['a', 'b'],
            ['a', 'b'],
          ],
        },
      },
      bytes: `32 36 0003 "a/b" 0009
        2d 01 01 02 00000001 03 0001 "t" 08 0003 "r/t" 09 0001 07 0b 01 0b ffffff7f 23 0005
           26 0001 "a" 0001 "b" 26 0001 "a" 0001 "b"
        "x"`,
    },
    {
      name: 'PUBLISH 5 with empty strings in its properties',
      version: 5,
      from,
      packet: {
        ...plain,
        payload: Buffer.alloc(0),
        properties: { contentType: '', correlationData: Buffer.alloc(0), userProperties: [['', '']] },
      },
      bytes: '30 11 0003 "a/b" 0b 03 0000 09 0000 26 0000 0000',
    },
  ];
}

export function acknowledgementCases(): Case[] {
  const rows = [
    { type: 'puback', header: '40', failure: 0x97 },
    { type: 'pubrec', header: '50', failure: 0x80 },
    { type: 'pubrel', header: '62', failure: 0x92 },
    { type: 'pubcomp', header: '70', failure: 0x92 },
  ] as const;
  return rows.flatMap(({ type, header, failure }): Case[] => {
    const name = type.toUpperCase();
    const packet = { type, packetId: 258, reasonCode: 0 } as const;
    const code = failure.toString(16);
    const from = 'client';
    return [
      ...ALL.map(
        (version): Case => ({ name: `${name} ${version}`, version, from, packet, bytes: `${header} 02 0102` }),
      ),
      {
        name: `${name} from the server`,
        version: 4,
        from: 'server',
        packet,
        bytes: `${header} 02 0102`,
      },
      {
        name: `${name} 5 failing`,
        version: 5,
        from,
        packet: { ...packet, reasonCode: failure },
        bytes: `${header} 03 0102 ${code}`,
      },
      {
        name: `${name} 5 with everything`,
        version: 5,
        from,
        packet: { ...packet, reasonCode: failure, properties: { reasonString: 'quota', ...USER } },
        bytes: `${header} 13 0102 ${code} 0f 1f 0005 "quota" 26 0001 "a" 0001 "b"`,
      },
      {
        name: `${name} 5 with a spelled out success`,
        version: 5,
        from,
        packet,
        bytes: `${header} 03 0102 00`,
        isWritten: false,
      },
      {
        name: `${name} 5 with a spelled out absence of properties`,
        version: 5,
        from,
        packet: { ...packet, reasonCode: failure },
        bytes: `${header} 04 0102 ${code} 00`,
        isWritten: false,
      },
    ];
  });
}
