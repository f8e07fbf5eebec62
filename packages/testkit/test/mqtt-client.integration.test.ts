import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ProtocolVersion, Qos } from '@millrace/mqtt-codec';
import { Mosquitto, MqttTestClient } from '@millrace/testkit';

let broker: Mosquitto;

before(async () => {
  broker = await Mosquitto.start();
});
after(() => broker[Symbol.asyncDispose]());

for (const protocolVersion of [3, 4, 5] as const satisfies readonly ProtocolVersion[]) {
  test(`speaks MQTT ${protocolVersion} with a real broker at every QoS`, async () => {
    await using client = await MqttTestClient.connect({
      port: broker.port,
      protocolVersion,
      clientId: `v${protocolVersion}`,
    });
    const topic = `test/${protocolVersion}`;

    assert.equal(client.connack?.reasonCode, 0);
    assert.deepEqual(await client.subscribe(topic, 2), [2]);
    for (const qos of [0, 1, 2] as const satisfies readonly Qos[]) {
      assert.equal(await client.publish(topic, `qos ${qos}`, { qos }), 0);
    }

    const messages = await client.received(3);
    assert.deepEqual(
      messages.map(({ payload, qos }) => [Buffer.from(payload).toString(), qos]),
      [
        ['qos 0', 0],
        ['qos 1', 1],
        ['qos 2', 2],
      ],
    );
    await client.unsubscribe(topic);
  });
}

test('a broken connection lets the broker send the will', async () => {
  await using watcher = await MqttTestClient.connect({ port: broker.port, clientId: 'watcher' });
  await watcher.subscribe('wills');
  const will = { topic: 'wills', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
  const client = await MqttTestClient.connect({ port: broker.port, clientId: 'mortal', will });

  client.destroy();

  const [message] = await watcher.received(1);
  assert.equal(Buffer.from(message?.payload ?? []).toString(), 'gone');
});

test('what waits for an answer fails when the connection ends', async () => {
  const client = await MqttTestClient.connect({ port: broker.port, clientId: 'hasty' });
  const subscribed = client.subscribe('a/#');

  client.destroy();

  await assert.rejects(subscribed, /the connection was closed/);
  await client.disconnect();
});
