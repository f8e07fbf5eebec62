import { BEFORE_5, type Case, USER } from './case.ts';

export function connectCases(): Case[] {
  const plain = { type: 'connect', isBridge: false, cleanStart: true, keepAlive: 60, clientId: 'test' } as const;
  const from = 'client';
  return [
    {
      name: 'CONNECT of 3.1',
      version: 3,
      from,
      packet: { ...plain, protocolVersion: 3 },
      bytes: '10 12 0006 "MQIsdp" 03 02 003c 0004 "test"',
    },
    {
      name: 'CONNECT of 3.1.1',
      version: 4,
      from,
      packet: { ...plain, protocolVersion: 4 },
      bytes: '10 10 0004 "MQTT" 04 02 003c 0004 "test"',
    },
    {
      name: 'CONNECT of 5.0',
      version: 5,
      from,
      packet: { ...plain, protocolVersion: 5 },
      bytes: '10 11 0004 "MQTT" 05 02 003c 00 0004 "test"',
    },
    {
      name: 'CONNECT of a bridge',
      version: 4,
      from,
      packet: { ...plain, protocolVersion: 4, isBridge: true },
      bytes: '10 10 0004 "MQTT" 84 02 003c 0004 "test"',
    },
    {
      name: 'CONNECT of a 3.1 bridge',
      version: 3,
      from,
      packet: { ...plain, protocolVersion: 3, isBridge: true },
      bytes: '10 12 0006 "MQIsdp" 83 02 003c 0004 "test"',
    },
    {
      name: 'CONNECT without a client id, resuming, without keep alive',
      version: 4,
      from,
      packet: { ...plain, protocolVersion: 4, cleanStart: false, keepAlive: 0, clientId: '' },
      bytes: '10 0c 0004 "MQTT" 04 00 0000 0000',
    },
    {
      name: 'CONNECT with a client id of two, three and four byte characters and a byte order mark',
      version: 4,
      from,
      packet: { ...plain, protocolVersion: 4, clientId: '\u{FEFF}é€😀' },
      bytes: '10 18 0004 "MQTT" 04 02 003c 000c efbbbf c3a9 e282ac f09f9880',
    },
    {
      name: 'CONNECT of 3.1.1 with everything',
      version: 4,
      from,
      packet: {
        ...plain,
        protocolVersion: 4,
        keepAlive: 65_535,
        clientId: 'id',
        will: { topic: 'w/t', payload: Buffer.from('bye'), qos: 2, retain: true },
        username: 'user',
        password: Buffer.from([0, 255, 1]),
      },
      bytes: '10 23 0004 "MQTT" 04 f6 ffff 0002 "id" 0003 "w/t" 0003 "bye" 0004 "user" 0003 00ff01',
    },
    {
      name: 'CONNECT of 3.1 with a will and a user name',
      version: 3,
      from,
      packet: {
        ...plain,
        protocolVersion: 3,
        will: { topic: 'w', payload: Buffer.alloc(0), qos: 0, retain: false },
        username: '',
      },
      bytes: '10 19 0006 "MQIsdp" 03 86 003c 0004 "test" 0001 "w" 0000 0000',
    },
    {
      name: 'CONNECT of 5.0 with a password alone',
      version: 5,
      from,
      packet: { ...plain, protocolVersion: 5, password: Buffer.from('p') },
      bytes: '10 14 0004 "MQTT" 05 42 003c 00 0004 "test" 0001 "p"',
    },
    {
      name: 'CONNECT of 5.0 with everything',
      version: 5,
      from,
      packet: {
        ...plain,
        protocolVersion: 5,
        clientId: '',
        properties: {
          sessionExpiryInterval: 3600,
          authenticationMethod: 'SCRAM',
          authenticationData: Buffer.from([0, 255]),
          requestProblemInformation: 0,
          requestResponseInformation: 1,
          receiveMaximum: 20,
          topicAliasMaximum: 10,
          userProperties: [
            ['a', 'b'],
            ['a', 'c'],
          ],
          maximumPacketSize: 65_536,
        },
        will: {
          topic: 'w/t',
          payload: Buffer.alloc(0),
          qos: 1,
          retain: true,
          properties: {
            payloadFormatIndicator: 1,
            messageExpiryInterval: 60,
            contentType: 'text',
            responseTopic: 'r/t',
            correlationData: Buffer.from([1, 2]),
            willDelayInterval: 10,
            userProperties: [['k', 'v']],
          },
        },
        username: 'u',
        password: Buffer.from('p'),
      },
      bytes: `10 6f 0004 "MQTT" 05 ee 003c
        2f 11 00000e10 15 0005 "SCRAM" 16 0002 00ff 17 00 19 01 21 0014 22 000a
           26 0001 "a" 0001 "b" 26 0001 "a" 0001 "c" 27 00010000
        0000
        25 01 01 02 0000003c 03 0004 "text" 08 0003 "r/t" 09 0002 0102 18 0000000a 26 0001 "k" 0001 "v"
        0003 "w/t" 0000 0001 "u" 0001 "p"`,
    },
  ];
}

export function connackCases(): Case[] {
  const from = 'server';
  const accepted = { type: 'connack', sessionPresent: false, reasonCode: 0 } as const;
  return [
    ...BEFORE_5.flatMap((version): Case[] => [
      { name: `CONNACK ${version}`, version, from, packet: accepted, bytes: '20 02 00 00' },
      {
        name: `CONNACK ${version} refusing`,
        version,
        from,
        packet: { ...accepted, reasonCode: 5 },
        bytes: '20 02 00 05',
      },
    ]),
    {
      name: 'CONNACK 4 with a session',
      version: 4,
      from,
      packet: { ...accepted, sessionPresent: true },
      bytes: '20 02 01 00',
    },
    { name: 'CONNACK 5', version: 5, from, packet: accepted, bytes: '20 03 00 00 00' },
    {
      name: 'CONNACK 5 refusing',
      version: 5,
      from,
      packet: { ...accepted, reasonCode: 0x87 },
      bytes: '20 03 00 87 00',
    },
    {
      name: 'CONNACK 5 with everything',
      version: 5,
      from,
      packet: {
        ...accepted,
        sessionPresent: true,
        properties: {
          sessionExpiryInterval: 120,
          assignedClientIdentifier: 'abc',
          serverKeepAlive: 30,
          authenticationMethod: 'm',
          authenticationData: Buffer.from([255]),
          responseInformation: 'rsp',
          serverReference: 'srv',
          reasonString: 'ok',
          receiveMaximum: 16,
          topicAliasMaximum: 32,
          maximumQos: 1,
          retainAvailable: 1,
          ...USER,
          maximumPacketSize: 1_048_576,
          wildcardSubscriptionAvailable: 1,
          subscriptionIdentifierAvailable: 0,
          sharedSubscriptionAvailable: 1,
        },
      },
      bytes: `20 46 01 00
        43 11 00000078 12 0003 "abc" 13 001e 15 0001 "m" 16 0001 ff 1a 0003 "rsp" 1c 0003 "srv" 1f 0002 "ok"
           21 0010 22 0020 24 01 25 01 26 0001 "a" 0001 "b" 27 00100000 28 01 29 00 2a 01`,
    },
  ];
}
