import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { encodePacket } from '@millrace/mqtt-codec';
import { eventually } from '@millrace/testkit';
import { WebSocket } from 'ws';
import { testCertificate, testKey } from './fixtures/test-certificate.ts';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

/** Small deterministic random numbers: a failing seed can be run again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a malformed packet closes its connection alone, with the reason', async () => {
  await using server = await startBroker();
  const five = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'five' });
  const four = await RawClient.connect(server.port, { clientId: 'four' });
  const healthy = await RawClient.connect(server.port, { clientId: 'healthy' });

  five.socket.write(Buffer.from([0x36, 0x02, 0x00, 0x00]));
  four.socket.write(Buffer.from([0x36, 0x02, 0x00, 0x00]));

  assert.equal((await five.next('disconnect')).reasonCode, 0x81);
  await four.closed;
  assert.equal(await four.find('disconnect', 0), undefined);
  await healthy.settle();
});

test('refuses a packet that is too large', async () => {
  await using server = await startBroker({ mqtt: { maxPacketSize: 1_000 } });
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });

  client.publish('a', 'x'.repeat(2_000));

  assert.equal((await client.next('disconnect')).reasonCode, 0x95);
});

test('answers an unknown protocol version, and nothing to bytes that are no MQTT', async () => {
  await using server = await startBroker();
  const future = await RawClient.open(server.port);
  future.socket.write(Buffer.from([0x10, 12, 0, 4, 77, 81, 84, 84, 9, 2, 0, 0, 0, 0]));
  const http = await RawClient.open(server.port);
  http.socket.write('GET / HTTP/1.1\r\n\r\n');

  assert.equal((await future.next('connack')).reasonCode, 1);
  await http.closed;
  assert.equal(http.received.length, 0);
});

test('closes on a second CONNECT and on packets before the first', async () => {
  await using server = await startBroker();
  const twice = await RawClient.connect(server.port, { protocolVersion: 5 });
  twice.send({ type: 'connect', protocolVersion: 5, isBridge: false, cleanStart: true, keepAlive: 0, clientId: 'x' });
  const early = await RawClient.open(server.port);
  early.publish('a', 'x');

  assert.equal((await twice.next('disconnect')).reasonCode, 0x82);
  await early.closed;
});

test('takes no more connections than its listener allows', async () => {
  await using server = await startBroker();
  const listener = await server.broker.listen({
    type: 'tcp',
    name: 'small',
    host: '127.0.0.1',
    port: 0,
    maxConnections: 1,
  });
  const first = await RawClient.connect(listener.port);
  const second = await RawClient.open(listener.port);

  await second.closed;
  await first.settle();
  assert.equal(listener.currentConnections, 1);
  assert.equal(listener.id, 'tcp:small');
});

test('speaks MQTT over WebSocket, packets spanning and sharing frames', async () => {
  await using server = await startBroker();
  const listener = await server.broker.listen({ type: 'ws', name: 'default', host: '127.0.0.1', port: 0 });
  const socket = new WebSocket(`ws://127.0.0.1:${listener.port}/mqtt`, 'mqtt');
  await once(socket, 'open');
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  const bytes = Buffer.concat([
    encodePacket(
      { type: 'connect', protocolVersion: 4, isBridge: false, cleanStart: true, keepAlive: 0, clientId: 'w' },
      4,
    ),
    encodePacket(
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
      },
      4,
    ),
    encodePacket({ type: 'publish', topic: 'a', payload: Buffer.from('x'), qos: 0, retain: false, dup: false }, 4),
  ]);

  socket.send(bytes.subarray(0, 5));
  socket.send(bytes.subarray(5));

  const expected = Buffer.from([0x20, 2, 0, 0, 0x90, 3, 0, 1, 0, 0x30, 4, 0, 1, 97, 120]);
  while (Buffer.concat(received).length < expected.length) await once(socket, 'message');
  assert.deepEqual(Buffer.concat(received), expected);
  assert.equal(socket.protocol, 'mqtt');
  socket.close();
  await once(socket, 'close');
});

test('refuses WebSockets on other paths and without the subprotocol', async () => {
  await using server = await startBroker();
  const listener = await server.broker.listen({ type: 'ws', name: 'default', host: '127.0.0.1', port: 0 });
  const failure = async (socket: WebSocket) => (await once(socket, 'error'))[0] as Error;

  assert.match((await failure(new WebSocket(`ws://127.0.0.1:${listener.port}/other`, 'mqtt'))).message, /404/);
  assert.match((await failure(new WebSocket(`ws://127.0.0.1:${listener.port}/mqtt`))).message, /400/);
});

test('survives ten thousand broken byte strings', async () => {
  await using server = await startBroker();
  const healthy = await RawClient.connect(server.port, { clientId: 'healthy' });
  await healthy.subscribe('healthy');
  const random = createRandom(7);
  const seeds = sampleStreams();

  for (let batch = 0; batch < 100; batch++) {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => RawClient.open(server.port)));
    for (const { socket } of sockets) for (let n = 0; n < 10; n++) socket.write(mutate(seeds, random));
    healthy.publish('healthy', String(batch));
    assert.equal(await healthy.text(), String(batch));
    await Promise.all(sockets.map((client) => client.drop()));
  }

  await healthy.settle();
  const [listener] = server.broker.listeners();
  await eventually(() => listener?.currentConnections === 1);
});

function sampleStreams(): Buffer[] {
  const streams: Buffer[] = [];
  for (const version of [3, 4, 5] as const) {
    const connect = encodePacket(
      {
        type: 'connect',
        protocolVersion: version,
        isBridge: false,
        cleanStart: true,
        keepAlive: 9,
        clientId: `f${version}`,
      },
      version,
    );
    const subscribe = encodePacket(
      {
        type: 'subscribe',
        packetId: 3,
        subscriptions: [{ topicFilter: 'f/#', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
      },
      version,
    );
    const publish = encodePacket(
      { type: 'publish', topic: 'f/x', payload: Buffer.from('payload'), qos: 2, retain: true, dup: false, packetId: 8 },
      version,
    );
    const release = encodePacket({ type: 'pubrel', packetId: 8, reasonCode: 0 }, version);
    streams.push(Buffer.concat([connect, subscribe, publish, release]), connect, Buffer.concat([connect, publish]));
  }
  return streams;
}

function mutate(seeds: readonly Buffer[], random: () => number): Buffer {
  const seed = seeds[Math.floor(random() * seeds.length)] ?? Buffer.alloc(1);
  const bytes = Buffer.from(random() < 0.1 ? Buffer.alloc(1 + Math.floor(random() * 40)) : seed);
  const changes = Math.floor(random() * 4);
  for (let n = 0; n < changes; n++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes.subarray(0, 1 + Math.floor(random() * bytes.length));
}

test('closes although a TLS handshake hangs and a client does not go', async () => {
  const server = await startBroker();
  const listener = await server.broker.listen({
    type: 'ssl',
    name: 'default',
    host: '127.0.0.1',
    port: 0,
    tls: { cert: testCertificate, key: testKey },
  });
  const hanging = await RawClient.open(listener.port);
  const staying = await RawClient.connect(server.port);
  staying.socket.pause();
  const startedAt = Date.now();

  await server.broker.close();

  assert.ok(Date.now() - startedAt < 5_000);
  await hanging.drop();
  await staying.drop();
});

test('lets clients listen to $SYS and not publish there', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('$SYS/#');

  client.publish('$SYS/fake', 'x', { qos: 1 });

  assert.equal((await client.next('puback')).reasonCode, 0x87);
});
