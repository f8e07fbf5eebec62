import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AckGate, Message, Publisher } from '../src/index.ts';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

const PUBLISHER: Publisher = {
  clientId: 'rule-1',
  username: undefined,
  peerHost: undefined,
  peerPort: undefined,
  protocolVersion: undefined,
  attributes: {},
};

class TestGate implements AckGate {
  isOpen = false;
  registrations = 0;
  readonly #callbacks: (() => void)[] = [];

  whenOpen(callback: () => void): void {
    this.registrations += 1;
    if (this.isOpen) callback();
    else this.#callbacks.push(callback);
  }

  open(): void {
    this.isOpen = true;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

test('acknowledgements behind a closed gate wait and leave in the order of the publishes', async () => {
  await using server = await startBroker();
  const gate = new TestGate();
  server.broker.hooks.onPublish((topic) => (topic === 'gated' ? () => gate : undefined));
  const client = await RawClient.connect(server.port);

  client.publish('free', 'x', { qos: 1, packetId: 1 });
  client.publish('gated', 'x', { qos: 1, packetId: 2 });
  client.publish('free', 'x', { qos: 2, packetId: 3 });
  client.publish('gated', 'x', { qos: 1, packetId: 4 });
  await client.settle();
  assert.deepEqual(client.received, [{ type: 'puback', packetId: 1, reasonCode: 0 }]);

  gate.open();
  await client.next('pubcomp');
  const order = client.received.map((packet) => `${packet.type}${'packetId' in packet ? packet.packetId : ''}`);

  assert.deepEqual(order, ['puback1', 'puback2', 'pubrec3', 'puback4']);
  assert.equal(gate.registrations, 1);
});

test('stops reading a client with too many held acknowledgements, and reads on later', async () => {
  await using server = await startBroker();
  const gate = new TestGate();
  let seen = 0;
  server.broker.hooks.onPublish((topic) =>
    topic !== 'a'
      ? undefined
      : () => {
          seen += 1;
          return gate;
        },
  );
  const client = await RawClient.connect(server.port);
  for (let n = 1; n <= 20_000; n++) client.publish('a', 'x'.repeat(500), { qos: 1, packetId: n });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(seen >= 1_000 && seen < 20_000, `${seen} seen`);

  gate.open();
  await client.settle();

  assert.equal(seen, 20_000);
});

test('a gate that opens in beforeFlush lets the acknowledgement leave in the same turn', async () => {
  await using server = await startBroker();
  let gates: TestGate[] = [];
  server.broker.hooks.onPublish(() => () => {
    const gate = new TestGate();
    gates.push(gate);
    return gate;
  });
  server.broker.hooks.beforeFlush(() => {
    const committed = gates;
    gates = [];
    for (const gate of committed) gate.open();
  });
  const client = await RawClient.connect(server.port);

  client.publish('a', 'x', { qos: 1, packetId: 6 });

  assert.equal((await client.next('puback')).packetId, 6);
});

test('hooks see the message before it is routed and may keep it', async () => {
  await using server = await startBroker();
  const kept: Message[] = [];
  let isTold = false;
  const remove = server.broker.hooks.onPublish((topic) =>
    topic.startsWith('t/')
      ? (message) => {
          kept.push(message.keep());
          isTold = true;
          return undefined;
        }
      : undefined,
  );
  const client = await RawClient.connect(server.port, { protocolVersion: 5, username: 'u' });
  await client.subscribe('t/#');
  for (let n = 0; n < 50; n++) {
    client.publish('t/a', `payload ${n}`, { properties: { contentType: String(n) }, retain: n === 0 });
    client.publish('other', 'x'.repeat(3_000));
  }
  assert.equal(await client.text(), 'payload 0');
  assert.equal(isTold, true);
  await client.settle();

  assert.deepEqual(
    kept.map(({ payload }) => payload.toString()),
    Array.from({ length: 50 }, (_, n) => `payload ${n}`),
  );
  assert.deepEqual(
    kept.map(({ properties }) => properties?.contentType),
    Array.from({ length: 50 }, (_, n) => String(n)),
  );
  const [first] = kept;
  assert.equal(first?.topic, 't/a');
  assert.equal(first?.retain, true);
  assert.match(first?.id ?? '', /^[0-9a-f]{32}$/);
  assert.equal(first?.publisher.username, 'u');
  assert.equal(first?.origin, undefined);

  remove();
  client.publish('t/a', 'unseen');
  await client.settle();
  assert.equal(kept.length, 50);
});

test('a hook that throws is logged and stops nothing', async () => {
  const logged: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (_: object, message: string) => logged.push(message) };
  await using server = await startBroker({ log });
  server.broker.hooks.onPublish((topic) =>
    topic !== 'a'
      ? undefined
      : () => {
          throw new Error('broken');
        },
  );
  const client = await RawClient.connect(server.port);
  await client.subscribe('a');

  client.publish('a', 'x');

  assert.equal(await client.text(), 'x');
  assert.deepEqual(logged, ['publish hook failed']);
});

test('publishes from inside: hooks run unless direct, nested publishes do not disturb', async () => {
  await using server = await startBroker();
  const { broker } = server;
  const seen: string[] = [];
  broker.hooks.onPublish((topic) =>
    topic.startsWith('$SYS')
      ? undefined
      : (message) => {
          seen.push(`${topic}:${message.origin}`);
          if (topic === 'in')
            broker.publish({ topic: 'out', payload: message.payload, publisher: PUBLISHER, origin: 'rule-1', qos: 1 });
          return undefined;
        },
  );
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('#', 1);

  client.publish('in', 'x');
  const [republished, original] = [await client.next('publish'), await client.next('publish')];
  const direct = broker.publish({
    topic: 'direct',
    payload: 'y',
    publisher: PUBLISHER,
    direct: true,
    retain: true,
    properties: { userProperties: [['a', 'b']] },
  });
  const last = await client.next('publish');

  assert.equal(republished.topic, 'out');
  assert.equal(republished.qos, 1);
  assert.equal(original.topic, 'in');
  assert.deepEqual(seen, ['in:undefined', 'out:rule-1']);
  assert.equal(direct.receivers, 1);
  assert.match(direct.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(last.properties, { userProperties: [['a', 'b']] });
  assert.equal(broker.retained.get('direct'), undefined);
  assert.throws(() => broker.publish({ topic: 'a/+', payload: '', publisher: PUBLISHER }), RangeError);
});

test('tells the events of clients, sessions and messages', async () => {
  await using server = await startBroker();
  const { hooks } = server.broker;
  const events: string[] = [];
  hooks.on('clientConnack', ({ client, reasonCode }) => events.push(`connack ${client.clientId} ${reasonCode}`));
  hooks.on('clientConnected', ({ client }) =>
    events.push(`connected ${client.clientId} ${client.protocolName} ${client.peerHost}`),
  );
  hooks.on('sessionSubscribed', ({ topicFilter, options }) => events.push(`subscribed ${topicFilter} ${options.qos}`));
  hooks.on('messageDelivered', ({ message, receiver }) =>
    events.push(`delivered ${message.topic} ${receiver.clientId}`),
  );
  hooks.on('messageAcked', ({ message }) => events.push(`acked ${message.payload.toString()}`));
  hooks.on('messageDropped', ({ message, reason }) => events.push(`dropped ${message.topic} ${reason}`));
  hooks.on('sessionUnsubscribed', ({ topicFilter }) => events.push(`unsubscribed ${topicFilter}`));
  hooks.on('clientDisconnected', ({ reason }) => events.push(`disconnected ${reason}`));
  const client = await RawClient.connect(server.port);
  await client.subscribe('$share/g/a', 1);
  client.publish('a', 'x', { qos: 1 });
  await client.next('publish');
  client.publish('nobody', 'y');
  client.send({ type: 'unsubscribe', packetId: 3, topicFilters: ['$share/g/a'] });
  await client.next('unsuback');
  await client.disconnect();

  assert.deepEqual(events, [
    'connack client connection_accepted',
    'connected client MQTT 127.0.0.1',
    'subscribed $share/g/a 1',
    'delivered a client',
    'acked x',
    'dropped nobody no_subscribers',
    'unsubscribed $share/g/a',
    'disconnected normal',
  ]);
});

test('counts and shows what clients do', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port);
  await client.subscribe('a', 1);
  client.publish('a', 'x', { qos: 1 });
  await client.text();
  await client.next('puback');
  await client.settle();

  const metrics = server.broker.metrics();
  const view = server.broker.client('client');
  assert.equal(metrics['messages.received'], 1);
  assert.equal(metrics['messages.qos1.sent'], 1);
  assert.equal(metrics['messages.acked'], 1);
  assert.equal(metrics['packets.publish.received'], 1);
  assert.equal(metrics['packets.received'], 5);
  assert.equal(metrics['packets.sent'], 5);
  assert.equal(metrics['bytes.sent'], client.socket.bytesRead);
  assert.equal(server.broker.stats()['connections.count'], 1);
  assert.equal(view?.recv_msg, 1);
  assert.equal(view?.['send_msg.qos1'], 1);
  assert.equal(view?.inflight_cnt, 0);
  assert.equal(view?.listener, 'tcp:default');
});

test('reports about itself on $SYS when asked', async () => {
  await using server = await startBroker({ sys: { heartbeatIntervalMs: 50, messageIntervalMs: 50 }, version: '9.9' });
  const client = await RawClient.connect(server.port);
  await client.subscribe('$SYS/brokers/+/version');
  assert.equal(await client.text(), '9.9');
  await client.subscribe('$SYS/brokers/+/metrics/messages/received');
  assert.equal(await client.text(), '9.9');
  await client.subscribe('$SYS/brokers/+/clients/+/connected');

  await RawClient.connect(server.port, { clientId: 'other' });

  for (;;) {
    const message = await client.next('publish');
    if (!message.topic.endsWith('/connected')) continue;
    assert.equal(JSON.parse(Buffer.from(message.payload).toString()).clientid, 'other');
    break;
  }
});
