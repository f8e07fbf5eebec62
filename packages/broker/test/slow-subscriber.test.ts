import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

test('a subscriber that does not read costs bounded memory and slows nobody for long', async () => {
  await using server = await startBroker();
  const stalled = await RawClient.connect(server.port, { clientId: 'stalled' });
  await stalled.subscribe('flood', 0);
  stalled.socket.pause();
  const reader = await RawClient.connect(server.port, { clientId: 'reader' });
  await reader.subscribe('flood', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
  const payload = 'x'.repeat(50_000);
  const before = process.memoryUsage().arrayBuffers;

  for (let n = 0; n < 600; n++) {
    publisher.publish('flood', payload, { qos: 1, packetId: n + 1 });
    await reader.text();
  }

  assert.ok((server.broker.metrics()['delivery.dropped.qos0_msg'] ?? 0) > 0);
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 20_000_000, `${grown} bytes more`);
  stalled.socket.resume();
});

test('a subscriber that does not acknowledge keeps the newest messages; the others go on', async () => {
  await using server = await startBroker({ mqtt: { maxMqueueLength: 100, maxInflight: 10 } });
  const mute = await RawClient.connect(server.port, { clientId: 'mute', acknowledges: false });
  await mute.subscribe('a', 1);
  const reader = await RawClient.connect(server.port, { clientId: 'reader' });
  await reader.subscribe('a', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });

  for (let n = 1; n <= 3_000; n++) publisher.publish('a', String(n), { qos: 1, packetId: n });
  const texts = await reader.texts(3_000);

  assert.equal(texts.at(-1), '3000');
  const view = server.broker.client('mute');
  assert.equal(view?.inflight_cnt, 10);
  assert.equal(view?.mqueue_len, 100);
  assert.equal(server.broker.metrics()['delivery.dropped.queue_full'], 3_000 - 110);
});

test('slows a publisher whose messages a hook turns into more than a receiver takes', async () => {
  await using server = await startBroker({ mqtt: { maxMqueueLength: 100, maxInflight: 10 } });
  const { broker } = server;
  broker.hooks.onPublish((topic) =>
    topic === 'in'
      ? ({ payload, publisher }) => {
          broker.publish({ topic: 'out', payload, publisher, qos: 1 });
          return undefined;
        }
      : undefined,
  );
  const reader = await RawClient.connect(server.port, { clientId: 'reader' });
  await reader.subscribe('out', 1);
  const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });

  for (let n = 1; n <= 3_000; n++) publisher.publish('in', String(n), { qos: 1, packetId: n });

  assert.equal((await reader.texts(3_000)).at(-1), '3000');
  assert.equal(broker.metrics()['delivery.dropped'], 0);
});
