import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

test('retained messages follow retain handling, retain as published and deletion', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  client.publish('r/1', 'one', { retain: true, qos: 1 });
  client.publish('r/2', 'two', { retain: true });
  client.publish('r/2', '', { retain: true });
  await client.settle();

  await client.subscribe('r/#', 1);
  const stored = await client.next('publish');
  assert.equal(stored.retain, true);
  assert.equal(stored.qos, 1);
  assert.equal(server.broker.retained.list({ filter: 'r/#' }).total, 1);

  await client.subscribe('r/#', 1, { retainHandling: 1 });
  await client.subscribe('r/#', 1, { retainHandling: 2 });
  await client.settle();
  assert.equal(client.received.filter(({ type }) => type === 'publish').length, 0);

  client.publish('r/3', 'live', { retain: true });
  assert.equal((await client.next('publish')).retain, false);
  await client.subscribe('r/#', 1, { retainHandling: 2, retainAsPublished: true });
  client.publish('r/3', 'live', { retain: true });
  assert.equal((await client.next('publish')).retain, true);
});

test('sends many retained messages without dropping any', async () => {
  await using server = await startBroker({ mqtt: { maxMqueueLength: 50, maxInflight: 5 } });
  const client = await RawClient.connect(server.port);
  for (let n = 0; n < 300; n++) client.publish(`r/${n}`, String(n), { retain: true });
  await client.settle();

  await client.subscribe('r/#', 1);
  client.publish('r/0', '', { retain: true, qos: 1 });
  // Publishing one QoS at a time keeps packet id 1 free.
  const texts = new Set((await client.texts(301)).filter((text) => text !== ''));

  assert.equal(texts.size, 300);
  assert.equal(server.broker.metrics()['delivery.dropped'], 0);
});

test('sends retained messages of any volume at QoS 0', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port);
  const payload = 'x'.repeat(2_000);
  for (let n = 0; n < 1_500; n++) client.publish(`r/${n}`, payload, { retain: true });
  await client.settle();

  await client.subscribe('r/#');

  assert.equal((await client.texts(1_500)).length, 1_500);
  assert.equal(server.broker.metrics()['delivery.dropped'], 0);
});

for (const strategy of ['round_robin', 'random', 'hash_clientid', 'hash_topic', 'sticky'] as const) {
  test(`a shared subscription gives each message to one member (${strategy})`, async () => {
    await using server = await startBroker({ mqtt: { sharedSubscriptionStrategy: strategy } });
    const members = [
      await RawClient.connect(server.port, { clientId: 'm1' }),
      await RawClient.connect(server.port, { clientId: 'm2' }),
    ];
    const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
    for (const member of members) await member.subscribe('$share/g/s/+', 1);
    for (let n = 0; n < 20; n++) publisher.publish(`s/${n}`, 'x', { qos: 1, packetId: n + 1 });
    await publisher.settle();
    for (const member of members) await member.settle();

    const counts = members.map(({ received }) => received.filter(({ type }) => type === 'publish').length);

    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      20,
    );
    if (strategy === 'round_robin') assert.deepEqual(counts, [10, 10]);
    if (strategy === 'hash_clientid' || strategy === 'sticky') assert.ok(counts.includes(20));
  });
}

test('what a member of a shared subscription leaves unacknowledged goes to another', async () => {
  await using server = await startBroker();
  const leaving = await RawClient.connect(server.port, { clientId: 'leaving', acknowledges: false });
  await leaving.subscribe('$queue/q', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  publisher.publish('q', 'x', { qos: 1 });
  await leaving.next('publish');
  const staying = await RawClient.connect(server.port, { clientId: 'staying' });
  await staying.subscribe('$queue/q', 1);

  await leaving.drop();

  assert.equal(await staying.text(), 'x');
});

test('answers each bad filter with its reason', async () => {
  await using server = await startBroker({
    mqtt: { wildcardSubscription: false, sharedSubscription: false, maxTopicLevels: 3, maxSubscriptions: 1 },
  });
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  const old = await RawClient.connect(server.port, { clientId: 'old' });

  assert.deepEqual(await client.subscribe('a/+'), [0xa2]);
  assert.deepEqual(await client.subscribe('$share/g/a'), [0x9e]);
  assert.deepEqual(await client.subscribe('a/b/c/d'), [0x8f]);
  assert.deepEqual(await client.subscribe('$exclusive/a'), [0x8f]);
  assert.deepEqual(await client.subscribe('a'), [0]);
  assert.deepEqual(await client.subscribe('b'), [0x97]);
  assert.deepEqual(await old.subscribe('a/+'), [0x80]);
});

test('gives an exclusive topic to one client', async () => {
  await using server = await startBroker({ mqtt: { exclusiveSubscription: true } });
  const first = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'first' });
  const second = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'second' });

  assert.deepEqual(await first.subscribe('$exclusive/a', 1), [1]);
  assert.deepEqual(await second.subscribe('$exclusive/a'), [0x97]);
  second.publish('a', 'x');
  assert.equal(await first.text(), 'x');
  await first.disconnect();
  assert.deepEqual(await second.subscribe('$exclusive/a'), [0]);
});

test('unsubscribing stops delivery and says what there was', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('a');

  client.send({ type: 'unsubscribe', packetId: 4, topicFilters: ['a', 'b'] });
  assert.deepEqual((await client.next('unsuback')).reasonCodes, [0, 0x11]);
  client.publish('a', 'x');
  await client.settle();

  assert.equal(client.received.length, 0);
});

test('subscribes and unsubscribes on behalf of a client', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port);
  const options = { topicFilter: 'a', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

  assert.equal(server.broker.subscribe('client', options), 1);
  assert.equal(server.broker.subscribe('nobody', options), undefined);
  client.publish('a', 'x');
  assert.equal(await client.text(), 'x');
  assert.deepEqual(
    [...server.broker.subscriptions()].map(({ topic, qos }) => [topic, qos]),
    [['a', 1]],
  );
  assert.equal(server.broker.unsubscribe('client', 'a'), true);
});
