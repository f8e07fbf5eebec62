import { ALL, type Case, USER } from './case.ts';

export function sessionCases(): Case[] {
  const client = 'client';
  const server = 'server';
  return [
    ...ALL.flatMap((version): Case[] => [
      { name: `PINGREQ ${version}`, version, from: client, packet: { type: 'pingreq' }, bytes: 'c0 00' },
      { name: `PINGRESP ${version}`, version, from: server, packet: { type: 'pingresp' }, bytes: 'd0 00' },
      {
        name: `DISCONNECT ${version}`,
        version,
        from: client,
        packet: { type: 'disconnect', reasonCode: 0 },
        bytes: 'e0 00',
      },
    ]),
    {
      name: 'DISCONNECT 5 with a reason',
      version: 5,
      from: client,
      packet: { type: 'disconnect', reasonCode: 4 },
      bytes: 'e0 01 04',
    },
    {
      name: 'DISCONNECT 5 with a spelled out absence of properties',
      version: 5,
      from: client,
      packet: { type: 'disconnect', reasonCode: 4 },
      bytes: 'e0 02 04 00',
      isWritten: false,
    },
    {
      name: 'DISCONNECT 5 of a client with everything',
      version: 5,
      from: client,
      packet: {
        type: 'disconnect',
        reasonCode: 0,
        properties: { sessionExpiryInterval: 0, reasonString: 'no', ...USER },
      },
      bytes: 'e0 13 00 11 11 00000000 1f 0002 "no" 26 0001 "a" 0001 "b"',
    },
    {
      name: 'DISCONNECT 5 of a server with everything',
      version: 5,
      from: server,
      packet: {
        type: 'disconnect',
        reasonCode: 0x9c,
        properties: { serverReference: 'other', reasonString: 'no', ...USER },
      },
      bytes: 'e0 16 9c 14 1c 0005 "other" 1f 0002 "no" 26 0001 "a" 0001 "b"',
    },
    { name: 'AUTH of success', version: 5, from: server, packet: { type: 'auth', reasonCode: 0 }, bytes: 'f0 00' },
    {
      name: 'AUTH of a client with everything',
      version: 5,
      from: client,
      packet: {
        type: 'auth',
        reasonCode: 0x19,
        properties: {
          authenticationMethod: 'm',
          authenticationData: Buffer.from([1]),
          reasonString: 'no',
          ...USER,
        },
      },
      bytes: 'f0 16 19 14 15 0001 "m" 16 0001 01 1f 0002 "no" 26 0001 "a" 0001 "b"',
    },
    {
      name: 'AUTH of a server',
      version: 5,
      from: server,
      packet: { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
      bytes: 'f0 06 18 04 15 0001 "m"',
    },
  ];
}
