import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@millrace/testkit';
import type { Message } from '../src/index.ts';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

const KEPT = { protocolVersion: 5, properties: { sessionExpiryInterval: 100 } } as const;

test('assigns a client id where the version allows it', async () => {
  await using server = await startBroker();

  const five = await RawClient.connect(server.port, { protocolVersion: 5, clientId: '' });
  const four = await RawClient.connect(server.port, { clientId: '' });
  const kept = await RawClient.connect(server.port, { clientId: '', cleanStart: false });

  assert.match(five.connack?.properties?.assignedClientIdentifier ?? '', /^millrace_/);
  assert.equal(four.connack?.reasonCode, 0);
  assert.equal(kept.connack?.reasonCode, 2);
  await kept.closed;
});

test('tells clients of MQTT 5 what the broker offers', async () => {
  await using server = await startBroker({ mqtt: { serverKeepAlive: 30, maxQosAllowed: 1 } });

  const { connack } = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'c' });

  assert.deepEqual(connack?.properties, {
    receiveMaximum: 32,
    maximumQos: 1,
    retainAvailable: 1,
    maximumPacketSize: 1_048_576,
    topicAliasMaximum: 65_535,
    wildcardSubscriptionAvailable: 1,
    subscriptionIdentifierAvailable: 1,
    sharedSubscriptionAvailable: 1,
    serverKeepAlive: 30,
  });
});

test('a second connection takes the session over', async () => {
  await using server = await startBroker();
  const first = await RawClient.connect(server.port, KEPT);
  await first.subscribe('a', 1);

  const second = await RawClient.connect(server.port, { ...KEPT, cleanStart: false });
  second.publish('a', 'x');

  assert.equal((await first.next('disconnect')).reasonCode, 0x8e);
  assert.equal(second.connack?.sessionPresent, true);
  assert.equal(await second.text(), 'x');
});

test('clean start forgets the earlier session', async () => {
  await using server = await startBroker();
  const first = await RawClient.connect(server.port, KEPT);
  await first.subscribe('a', 1);
  await first.disconnect();

  const second = await RawClient.connect(server.port, { ...KEPT, cleanStart: true });

  assert.equal(second.connack?.sessionPresent, false);
  assert.deepEqual([...server.broker.subscriptions()], []);
});

test('queues for an absent client, in order, and sends unfinished deliveries again first', async () => {
  await using server = await startBroker();
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  const away = await RawClient.connect(server.port, { cleanStart: false, acknowledges: false });
  await away.subscribe('a', 2);
  publisher.publish('a', 'one', { qos: 1, packetId: 1 });
  publisher.publish('a', 'two', { qos: 2, packetId: 2 });
  const one = await away.next('publish');
  const two = await away.next('publish');
  await away.drop();
  await eventually(() => server.broker.client('client')?.connected === false);
  publisher.publish('a', 'three', { qos: 1, packetId: 3 });
  publisher.publish('a', 'zero', { packetId: 4 });
  await publisher.settle();
  const payloads = (messages: readonly Message[] | undefined) => messages?.map(({ payload }) => payload.toString());
  assert.deepEqual(payloads(server.broker.inflightMessages('client')), ['one', 'two']);
  assert.deepEqual(payloads(server.broker.queuedMessages('client')), ['three', 'zero']);

  const back = await RawClient.connect(server.port, { cleanStart: false });
  const packets = [
    await back.next('publish'),
    await back.next('publish'),
    await back.next('publish'),
    await back.next('publish'),
  ];

  assert.equal(back.connack?.sessionPresent, true);
  assert.deepEqual(
    packets.map(({ payload }) => Buffer.from(payload).toString()),
    ['one', 'two', 'three', 'zero'],
  );
  assert.deepEqual(
    packets.map(({ dup }) => dup),
    [true, true, false, false],
  );
  assert.deepEqual(
    packets.slice(0, 2).map(({ packetId }) => packetId),
    [one.packetId, two.packetId],
  );
});

test('goes on with PUBREL when the client already has a QoS 2 message', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { cleanStart: false, acknowledges: false });
  await client.subscribe('a', 2);
  client.publish('a', 'x', { qos: 2, packetId: 9 });
  const { packetId = 0 } = await client.next('publish');
  client.send({ type: 'pubrec', packetId, reasonCode: 0 });
  await client.next('pubrel');
  await client.drop();

  const back = await RawClient.connect(server.port, { cleanStart: false });

  assert.equal((await back.next('pubrel')).packetId, packetId);
  await back.settle();
  assert.equal(back.received.filter(({ type }) => type === 'publish').length, 0);
});

test('a full queue drops its oldest message', async () => {
  await using server = await startBroker({ mqtt: { maxMqueueLength: 3 } });
  const away = await RawClient.connect(server.port, { cleanStart: false });
  await away.subscribe('a', 1);
  await away.disconnect();
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  for (let n = 1; n <= 5; n++) publisher.publish('a', String(n), { qos: 1, packetId: n });
  await publisher.settle();

  const back = await RawClient.connect(server.port, { cleanStart: false });

  assert.deepEqual(await back.texts(3), ['3', '4', '5']);
  assert.equal(server.broker.metrics()['delivery.dropped.queue_full'], 2);
});

test('does not queue QoS 0 messages when told so', async () => {
  await using server = await startBroker({ mqtt: { mqueueStoreQos0: false } });
  const away = await RawClient.connect(server.port, { cleanStart: false });
  await away.subscribe('a', 1);
  await away.disconnect();
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  publisher.publish('a', 'x');
  await publisher.settle();

  assert.equal(server.broker.client('client')?.mqueue_len, 0);
  assert.equal(server.broker.metrics()['delivery.dropped.qos0_msg'], 1);
});

test('expired messages are dropped, others are sent with the time they have left', async () => {
  await using server = await startBroker();
  const away = await RawClient.connect(server.port, KEPT);
  await away.subscribe('a', 1);
  await away.disconnect();
  const publisher = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'publisher' });
  publisher.publish('a', 'short', { properties: { messageExpiryInterval: 1 } });
  publisher.publish('a', 'long', { properties: { messageExpiryInterval: 100 } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));

  const back = await RawClient.connect(server.port, { ...KEPT, cleanStart: false });
  const message = await back.next('publish');

  assert.equal(Buffer.from(message.payload).toString(), 'long');
  assert.ok((message.properties?.messageExpiryInterval ?? 100) < 100);
  assert.equal(server.broker.metrics()['delivery.dropped.expired'], 1);
});

test('a session ends when its expiry interval is over', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5, properties: { sessionExpiryInterval: 1 } });
  await client.subscribe('a', 1);
  await client.disconnect();
  assert.equal(server.broker.client('client')?.connected, false);

  await eventually(() => server.broker.client('client') === undefined);

  assert.deepEqual([...server.broker.topics()], []);
});

test('a client may change its session expiry when it leaves, but not from nothing', async () => {
  await using server = await startBroker();
  const kept = await RawClient.connect(server.port, { ...KEPT, clientId: 'kept' });
  kept.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
  await kept.closed;
  const plain = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'plain' });
  plain.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } });

  assert.equal((await plain.next('disconnect')).reasonCode, 0x82);
  assert.equal(server.broker.client('kept'), undefined);
});

test('closes silent connections: before CONNECT and after their keep-alive', async () => {
  await using server = await startBroker({ mqtt: { idleTimeoutMs: 300 } });
  const reasons: string[] = [];
  server.broker.hooks.on('clientDisconnected', ({ reason }) => reasons.push(reason));
  const mute = await RawClient.open(server.port);
  const silent = await RawClient.connect(server.port, { protocolVersion: 5, keepAlive: 1 });

  await mute.closed;
  assert.equal((await silent.next('disconnect')).reasonCode, 0x8d);
  assert.deepEqual(reasons, ['keepalive_timeout']);
});

test('sends the will of a client that is lost, not of one that says good-bye', async () => {
  await using server = await startBroker();
  const watcher = await RawClient.connect(server.port, { clientId: 'watcher' });
  await watcher.subscribe('will/+');
  const will = (name: string) =>
    ({ topic: `will/${name}`, payload: Buffer.from(name), qos: 0, retain: false }) as const;
  const polite = await RawClient.connect(server.port, { clientId: 'polite', will: will('polite') });
  const lost = await RawClient.connect(server.port, { clientId: 'lost', will: will('lost') });
  const asking = await RawClient.connect(server.port, { clientId: 'asking', protocolVersion: 5, will: will('asking') });

  await polite.disconnect();
  await lost.drop();
  assert.equal(await watcher.text(), 'lost');
  asking.send({ type: 'disconnect', reasonCode: 4 });
  assert.equal(await watcher.text(), 'asking');
});

test('a delayed will waits for the client to come back', async () => {
  await using server = await startBroker();
  const watcher = await RawClient.connect(server.port, { clientId: 'watcher' });
  await watcher.subscribe('will/+');
  const will = (name: string, willDelayInterval: number) =>
    ({
      topic: `will/${name}`,
      payload: Buffer.from(name),
      qos: 0,
      retain: false,
      properties: { willDelayInterval },
    }) as const;
  const back = await RawClient.connect(server.port, { ...KEPT, clientId: 'back', will: will('back', 1) });
  const gone = await RawClient.connect(server.port, { ...KEPT, clientId: 'gone', will: will('gone', 1) });
  const ended = await RawClient.connect(server.port, {
    protocolVersion: 5,
    clientId: 'ended',
    will: will('ended', 50),
  });

  for (const client of [back, gone, ended]) await client.drop();
  await RawClient.connect(server.port, { ...KEPT, clientId: 'back', cleanStart: false });

  // A session without expiry ends with its connection, and its will does not wait longer.
  assert.equal(await watcher.text(), 'ended');
  assert.equal(await watcher.text(), 'gone');
  assert.equal(await watcher.find('publish', 300), undefined);
});

test('kicks a client and its session', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, KEPT);

  assert.equal(server.broker.kick('client'), true);

  assert.equal((await client.next('disconnect')).reasonCode, 0x98);
  assert.equal(server.broker.kick('client'), false);
});

test('tells clients that the broker shuts down', async () => {
  const server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });

  await server.broker.close();

  assert.equal((await client.next('disconnect')).reasonCode, 0x8b);
});

test('refuses authentication methods and bad credentials', async () => {
  await using server = await startBroker({
    authenticate: async ({ username }) =>
      username === 'u' ? { result: 'allow' } : { result: 'deny', reasonCode: 0x86 },
  });
  const method = await RawClient.connect(server.port, {
    protocolVersion: 5,
    properties: { authenticationMethod: 'x' },
  });
  const wrong = await RawClient.connect(server.port, { clientId: 'wrong', username: 'w' });
  const right = await RawClient.connect(server.port, { clientId: 'right', username: 'u' });

  assert.equal(method.connack?.reasonCode, 0x8c);
  assert.equal(wrong.connack?.reasonCode, 4);
  assert.equal(right.connack?.reasonCode, 0);
});

test('handles packets in order while permission is being asked', async () => {
  await using server = await startBroker({
    authenticate: async () => ({ result: 'allow' }),
    authorize: async ({ topic }) => ({ result: topic === 'no' ? 'deny' : 'allow', source: 'test' }),
  });
  const client = await RawClient.open(server.port, 5);
  client.send({ type: 'connect', protocolVersion: 5, isBridge: false, cleanStart: true, keepAlive: 0, clientId: 'c' });
  client.send({
    type: 'subscribe',
    packetId: 1,
    subscriptions: ['a', 'no'].map((topicFilter) => ({
      topicFilter,
      qos: 1,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0,
    })),
  });
  client.publish('no', '0', { qos: 1, packetId: 1 });
  for (let n = 1; n <= 3; n++) client.publish('a', String(n), { qos: 1, packetId: n + 1 });

  assert.equal((await client.next('connack')).reasonCode, 0);
  assert.deepEqual((await client.next('suback')).reasonCodes, [1, 0x87]);
  assert.deepEqual(await client.texts(3), ['1', '2', '3']);
  assert.equal((await client.next('puback')).reasonCode, 0x87);
});
