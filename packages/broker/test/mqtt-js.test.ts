import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { startBroker } from './start-broker.ts';

function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`));
  });
}

for (const protocolVersion of [3, 4, 5] as const) {
  for (const scheme of ['mqtt', 'ws'] as const) {
    test(`serves MQTT.js in version ${protocolVersion} over ${scheme}`, async () => {
      await using server = await startBroker();
      const webSocket = await server.broker.listen({ type: 'ws', name: 'default', host: '127.0.0.1', port: 0 });
      const url = scheme === 'mqtt' ? `mqtt://127.0.0.1:${server.port}` : `ws://127.0.0.1:${webSocket.port}/mqtt`;
      const options = {
        protocolVersion,
        ...(protocolVersion === 3 && { protocolId: 'MQIsdp' as const }),
        clientId: 'mqttjs',
        reconnectPeriod: 0,
      };
      const client = await connectAsync(url, options);

      await client.subscribeAsync('t/+', { qos: 2 });
      for (const qos of [0, 1, 2] as const) {
        const message = nextMessage(client);
        await client.publishAsync('t/a', `qos ${qos}`, { qos });
        assert.equal(await message, `t/a qos ${qos}`);
      }
      await client.publishAsync('r/a', 'kept', { retain: true, qos: 1 });
      const retained = nextMessage(client);
      await client.subscribeAsync('r/#', { qos: 1 });
      assert.equal(await retained, 'r/a kept');
      await client.unsubscribeAsync('r/#');
      await client.endAsync();
    });
  }
}
