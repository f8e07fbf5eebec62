import type { Subscription } from '../src/index.ts';
import { BEFORE_5, type Case, USER } from './case.ts';

export function subscribeCases(): Case[] {
  const plain: Subscription = {
    topicFilter: 'a/b',
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
  };
  const client = 'client';
  const server = 'server';
  return [
    ...BEFORE_5.flatMap((version): Case[] => [
      {
        name: `SUBSCRIBE ${version}`,
        version,
        from: client,
        packet: { type: 'subscribe', packetId: 1, subscriptions: [plain] },
        bytes: '82 08 0001 0003 "a/b" 01',
      },
      {
        name: `SUBSCRIBE ${version} to several filters`,
        version,
        from: client,
        packet: {
          type: 'subscribe',
          packetId: 2,
          subscriptions: [
            { ...plain, topicFilter: '#', qos: 0 },
            { ...plain, topicFilter: '+/x/+', qos: 2 },
            { ...plain, topicFilter: '/' },
          ],
        },
        bytes: '82 12 0002 0001 "#" 00 0005 "+/x/+" 02 0001 "/" 01',
      },
      {
        name: `SUBACK ${version}`,
        version,
        from: server,
        packet: { type: 'suback', packetId: 2, reasonCodes: [0, 1, 2, 0x80] },
        bytes: '90 06 0002 00 01 02 80',
      },
    ]),
    {
      name: 'SUBSCRIBE 3 again',
      version: 3,
      from: client,
      packet: { type: 'subscribe', packetId: 1, subscriptions: [plain] },
      bytes: '8a 08 0001 0003 "a/b" 01',
      isWritten: false,
    },
    {
      name: 'SUBSCRIBE 5',
      version: 5,
      from: client,
      packet: { type: 'subscribe', packetId: 1, subscriptions: [plain] },
      bytes: '82 09 0001 00 0003 "a/b" 01',
    },
    {
      name: 'SUBSCRIBE 5 with everything',
      version: 5,
      from: client,
      packet: {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [
          { topicFilter: 'a/b', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
          { topicFilter: '$share/g/a', qos: 1, noLocal: false, retainAsPublished: true, retainHandling: 1 },
        ],
        properties: { subscriptionIdentifiers: [128], ...USER },
      },
      bytes: '82 20 0001 0a 0b 8001 26 0001 "a" 0001 "b" 0003 "a/b" 2e 000a "$share/g/a" 19',
    },
    {
      name: 'SUBACK 5',
      version: 5,
      from: server,
      packet: { type: 'suback', packetId: 1, reasonCodes: [1, 0x87] },
      bytes: '90 05 0001 00 01 87',
    },
    {
      name: 'SUBACK 5 with everything',
      version: 5,
      from: server,
      packet: { type: 'suback', packetId: 1, reasonCodes: [0xa2], properties: { reasonString: 'no', ...USER } },
      bytes: '90 10 0001 0c 1f 0002 "no" 26 0001 "a" 0001 "b" a2',
    },
  ];
}

export function unsubscribeCases(): Case[] {
  const client = 'client';
  const server = 'server';
  return [
    ...BEFORE_5.flatMap((version): Case[] => [
      {
        name: `UNSUBSCRIBE ${version}`,
        version,
        from: client,
        packet: { type: 'unsubscribe', packetId: 1, topicFilters: ['a/b', '#'] },
        bytes: 'a2 0a 0001 0003 "a/b" 0001 "#"',
      },
      {
        name: `UNSUBACK ${version}`,
        version,
        from: server,
        packet: { type: 'unsuback', packetId: 1, reasonCodes: [] },
        bytes: 'b0 02 0001',
      },
    ]),
    {
      name: 'UNSUBSCRIBE 5',
      version: 5,
      from: client,
      packet: { type: 'unsubscribe', packetId: 1, topicFilters: ['a/b'] },
      bytes: 'a2 08 0001 00 0003 "a/b"',
    },
    {
      name: 'UNSUBSCRIBE 5 with everything',
      version: 5,
      from: client,
      packet: { type: 'unsubscribe', packetId: 1, topicFilters: ['a/b', '$share/g/a'], properties: USER },
      bytes: 'a2 1b 0001 07 26 0001 "a" 0001 "b" 0003 "a/b" 000a "$share/g/a"',
    },
    {
      name: 'UNSUBACK 5',
      version: 5,
      from: server,
      packet: { type: 'unsuback', packetId: 1, reasonCodes: [0, 0x11] },
      bytes: 'b0 05 0001 00 00 11',
    },
    {
      name: 'UNSUBACK 5 with everything',
      version: 5,
      from: server,
      packet: { type: 'unsuback', packetId: 1, reasonCodes: [0x8f], properties: { reasonString: 'no', ...USER } },
      bytes: 'b0 10 0001 0c 1f 0002 "no" 26 0001 "a" 0001 "b" 8f',
    },
  ];
}
