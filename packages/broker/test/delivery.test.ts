import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProtocolVersion, Qos } from '@millrace/mqtt-codec';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];
const LEVELS: readonly Qos[] = [0, 1, 2];

for (const from of VERSIONS) {
  for (const to of VERSIONS) {
    test(`delivers every QoS from version ${from} to version ${to}`, async () => {
      await using server = await startBroker();
      const publisher = await RawClient.connect(server.port, { protocolVersion: from, clientId: 'publisher' });
      const subscriber = await RawClient.connect(server.port, { protocolVersion: to, clientId: 'subscriber' });

      for (const granted of LEVELS) {
        assert.deepEqual(await subscriber.subscribe('a/b', granted), [granted]);
        for (const qos of LEVELS) {
          publisher.publish('a/b', `${granted}${qos}`, { qos });
          const message = await subscriber.next('publish');
          assert.equal(Buffer.from(message.payload).toString(), `${granted}${qos}`);
          assert.equal(message.qos, Math.min(granted, qos));
          assert.equal(message.dup, false);
          assert.equal(message.retain, false);
          if (qos === 1) await publisher.next('puback');
          if (qos === 2) await publisher.next('pubcomp');
        }
      }
    });
  }
}

test('delivers a message once to a client with overlapping subscriptions, with all identifiers', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('a/+', 0, { identifier: 1 });
  await client.subscribe('a/#', 2, { identifier: 2 });

  client.publish('a/b', 'x', { qos: 2 });
  const message = await client.next('publish');
  await client.settle();

  assert.equal(message.qos, 2);
  assert.deepEqual(message.properties?.subscriptionIdentifiers?.toSorted(), [1, 2]);
  assert.equal(client.received.filter(({ type }) => type === 'publish').length, 0);
});

test('forwards properties and leaves out the topic alias', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('a');
  const userProperties: [string, string][] = [
    ['k', '1'],
    ['k', '2'],
  ];

  client.publish('a', 'first', { properties: { topicAlias: 3, userProperties, contentType: 't' } });
  client.publish('', 'second', { properties: { topicAlias: 3 }, qos: 1 });
  const first = await client.next('publish');
  const second = await client.next('publish');

  assert.deepEqual(first.properties, { userProperties, contentType: 't' });
  assert.equal(second.topic, 'a');
  assert.equal(second.properties, undefined);
});

test('closes a connection that uses an unknown topic alias', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });

  client.publish('', 'x', { properties: { topicAlias: 9 } });

  assert.equal((await client.next('disconnect')).reasonCode, 0x82);
  await client.closed;
});

test('tells an MQTT 5 publisher that nobody subscribed', async () => {
  await using server = await startBroker();
  const five = await RawClient.connect(server.port, { protocolVersion: 5, clientId: 'five' });
  const four = await RawClient.connect(server.port, { clientId: 'four' });

  five.publish('nobody', 'x', { qos: 1 });
  four.publish('nobody', 'x', { qos: 1 });

  assert.equal((await five.next('puback')).reasonCode, 0x10);
  assert.equal((await four.next('puback')).reasonCode, 0);
  assert.equal(server.broker.metrics()['messages.dropped.no_subscribers'], 2);
});

test('keeps messages from their own publisher when asked', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('a', 0, { noLocal: true });

  client.publish('a', 'own');
  await client.settle();

  assert.equal(client.received.length, 0);
  assert.equal(server.broker.metrics()['delivery.dropped.no_local'], 1);
});

test('does not match topics that begin with $ with a leading wildcard', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port);
  await client.subscribe('#');
  await client.subscribe('+/a');

  client.publish('$x/a', 'hidden');
  client.publish('y/a', 'shown');

  assert.equal(await client.text(), 'shown');
});

test('handles a message sent twice under one packet id at QoS 2 once', async () => {
  await using server = await startBroker();
  const subscriber = await RawClient.connect(server.port, { clientId: 'subscriber' });
  await subscriber.subscribe('a', 2);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher', acknowledges: false });

  publisher.publish('a', 'x', { qos: 2, packetId: 5 });
  await publisher.next('pubrec');
  publisher.publish('a', 'x', { qos: 2, packetId: 5, dup: true });
  await publisher.next('pubrec');
  publisher.send({ type: 'pubrel', packetId: 5, reasonCode: 0 });
  await publisher.next('pubcomp');
  publisher.publish('a', 'y', { qos: 2, packetId: 5 });

  assert.deepEqual(await subscriber.texts(2), ['x', 'y']);
});

test('closes a connection with more unreleased QoS 2 messages than allowed', async () => {
  await using server = await startBroker({ mqtt: { maxAwaitingRel: 2 } });
  const client = await RawClient.connect(server.port, { protocolVersion: 5, acknowledges: false });

  for (const packetId of [1, 2, 3]) client.publish('a', 'x', { qos: 2, packetId });

  assert.equal((await client.next('disconnect')).reasonCode, 0x93);
});

test('sends no more unacknowledged messages than the client takes, and the rest in order', async () => {
  await using server = await startBroker();
  const subscriber = await RawClient.connect(server.port, {
    protocolVersion: 5,
    clientId: 'subscriber',
    acknowledges: false,
    properties: { receiveMaximum: 2 },
  });
  await subscriber.subscribe('a', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  for (let n = 1; n <= 5; n++) publisher.publish('a', String(n), { qos: 1, packetId: n });
  await publisher.settle();
  await subscriber.settle();

  assert.equal(subscriber.received.length, 2);
  for (let n = 1; n <= 5; n++) {
    const message = await subscriber.next('publish');
    assert.equal(Buffer.from(message.payload).toString(), String(n));
    subscriber.send({ type: 'puback', packetId: message.packetId ?? 0, reasonCode: 0 });
  }
});

test('drops what is larger than the client takes and goes on', async () => {
  await using server = await startBroker();
  const subscriber = await RawClient.connect(server.port, {
    protocolVersion: 5,
    clientId: 'subscriber',
    properties: { maximumPacketSize: 50 },
  });
  await subscriber.subscribe('a', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });

  publisher.publish('a', 'x'.repeat(100), { qos: 1 });
  publisher.publish('a', 'small', { qos: 1, packetId: 2 });

  assert.equal(await subscriber.text(), 'small');
  assert.equal(server.broker.metrics()['delivery.dropped.too_large'], 1);
});

test('passes large messages through unharmed', async () => {
  await using server = await startBroker();
  const client = await RawClient.connect(server.port, { protocolVersion: 5 });
  await client.subscribe('a', 2);
  const payload = Buffer.alloc(700_000, 'abcdefg').toString();

  for (const qos of LEVELS) {
    client.publish('a', payload, { qos });
    assert.equal(await client.text(), payload);
  }
});

test('upgrades QoS when configured', async () => {
  await using server = await startBroker({ mqtt: { upgradeQos: true } });
  const client = await RawClient.connect(server.port);
  await client.subscribe('a', 1);

  client.publish('a', 'x');

  assert.equal((await client.next('publish')).qos, 1);
});
