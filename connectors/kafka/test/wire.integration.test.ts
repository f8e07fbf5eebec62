import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import * as library from '@platformatic/kafka';
import { Wire } from '../src/wire.ts';

const OPTIONS = {
  clientId: 'c',
  connectTimeoutMs: 500,
  requestTimeoutMs: 300,
  noDelay: true,
  keepAliveMs: undefined,
  tls: undefined,
};
const servers: Server[] = [];

after(() => {
  for (const server of servers) server.close();
});

test('answers cut anywhere reach their requests in order', async () => {
  const { wire } = await wireTo((socket, ids) => {
    const answers = Buffer.concat(ids.map((id) => answer(id, `to ${id}`)));
    for (const byte of answers) socket.write(Buffer.of(byte));
  });

  assert.deepEqual(await Promise.all([ask(wire), ask(wire), ask(wire)]), ['to 1', 'to 2', 'to 3']);
  wire.destroy(new Error('done'));
});

test('an answer to something else ends the connection and all that waits', async () => {
  const { wire, lost } = await wireTo((socket) => socket.write(answer(77, 'x')));

  await Promise.all([
    assert.rejects(ask(wire), /answered something that was not asked/),
    assert.rejects(ask(wire), /answered something that was not asked/),
  ]);
  assert.match((await lost).message, /not asked/);
  await assert.rejects(ask(wire), /not asked/);
});

test('what is no answer of Kafka points at ssl', async () => {
  const { wire } = await wireTo((socket) => socket.write(Buffer.from('150303000202460000', 'hex')));

  await assert.rejects(ask(wire), /check that ssl fits/);
});

test('a broker that does not answer is given up', async () => {
  const { wire } = await wireTo(() => {});

  await assert.rejects(ask(wire), /no answer in 300 ms/);
  assert.equal(wire.isOpen, false);
});

test('a broker that hangs up fails what waits', async () => {
  const { wire } = await wireTo((socket) => socket.destroy());

  await assert.rejects(ask(wire), /closed the connection|ECONNRESET/);
});

test('while a login runs other requests wait', async () => {
  const seen: number[] = [];
  const { wire } = await wireTo((socket, ids, keys) => {
    seen.push(...keys);
    for (const id of ids) socket.write(answer(id, 'ok'));
  });

  const login = wire.exclusively(async () => {
    await ask(wire, 17);
    await ask(wire, 36);
  });
  await Promise.all([ask(wire, 3), login]);

  assert.deepEqual(seen, [17, 36, 3]);
  wire.destroy(new Error('done'));
});

/** A connection to a peer that hears of requests by their correlation ids and api keys. */
async function wireTo(onRequests: (socket: Socket, ids: readonly number[], keys: readonly number[]) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const ids: number[] = [];
      const keys: number[] = [];
      for (let at = 0; at < chunk.length; at += 4 + chunk.readInt32BE(at)) {
        keys.push(chunk.readInt16BE(at + 4));
        ids.push(chunk.readInt32BE(at + 8));
      }
      onRequests(socket, ids, keys);
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const wire = await Wire.connect(library, { host: '127.0.0.1', port }, OPTIONS, new AbortController().signal);
  const { promise: lost, resolve } = Promise.withResolvers<Error>();
  wire.whenLost(resolve);
  return { wire, lost };
}

function ask(wire: Wire, key = 3): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  wire.send<string>(
    key,
    0,
    () => library.Writer.create().appendInt8(1),
    (_id, _key, _version, reader) => reader.readString(false),
    false,
    false,
    (error, text) => (error ? reject(error) : resolve(text ?? '')),
  );
  return promise;
}

function answer(id: number, text: string): Buffer {
  const bytes = Buffer.alloc(10 + text.length);
  bytes.writeInt32BE(6 + text.length);
  bytes.writeInt32BE(id, 4);
  bytes.writeInt16BE(text.length, 8);
  bytes.write(text, 10);
  return bytes;
}
