import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAsync } from 'mqtt';
import { testCertificate, testKey } from './fixtures/test-certificate.ts';
import { startBroker } from './start-broker.ts';

const tls = { cert: testCertificate, key: testKey };

for (const type of ['ssl', 'wss'] as const) {
  test(`serves clients over ${type}`, async () => {
    await using server = await startBroker();
    const listener = await server.broker.listen({ type, name: 'default', host: '127.0.0.1', port: 0, tls });
    const url = type === 'ssl' ? `mqtts://localhost:${listener.port}` : `wss://localhost:${listener.port}/mqtt`;
    const client = await connectAsync(url, { ca: testCertificate, reconnectPeriod: 0, clientId: 'tls' });
    await client.subscribeAsync('a', { qos: 1 });
    const payload = 'x'.repeat(300_000);

    const arrived = new Promise<string>((resolve) => {
      client.once('message', (_topic, bytes) => resolve(bytes.toString()));
    });
    await client.publishAsync('a', payload, { qos: 1 });

    assert.equal(await arrived, payload);
    assert.equal(server.broker.client('tls')?.listener, `${type}:default`);
    await client.endAsync();
  });
}

test('refuses clients without a certificate where one is required', async () => {
  await using server = await startBroker();
  const listener = await server.broker.listen({
    type: 'ssl',
    name: 'strict',
    host: '127.0.0.1',
    port: 0,
    tls: { ...tls, ca: testCertificate, verifyPeer: true, failIfNoPeerCertificate: true },
  });
  const url = `mqtts://localhost:${listener.port}`;
  const options = { ca: testCertificate, reconnectPeriod: 0, connectTimeout: 2_000 };

  await assert.rejects(connectAsync(url, options));
  const client = await connectAsync(url, { ...options, cert: testCertificate, key: testKey });
  await client.endAsync();
});

test('says what is missing when TLS has no certificate', async () => {
  await using server = await startBroker();

  await assert.rejects(server.broker.listen({ type: 'ssl', name: 'x', port: 0 }), /listeners\.ssl\.x: .*certfile/);
});
