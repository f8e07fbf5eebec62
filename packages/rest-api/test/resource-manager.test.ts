import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type ConnectorDefinition, defineConnector, NotConnectedError, recordText } from '@millrace/contract';
import { type ChannelConfig, type ConnectorConfig, ResourceManager } from '@millrace/resource';
import { z } from 'zod';
import { NODE, TestApi, type TestResources } from '../src/testing/api.ts';

const written: string[] = [];

/** Connects unless the URL says `down`, and keeps what is written. */
const definition: ConnectorDefinition = defineConnector({
  type: 'http',
  title: 'HTTP',
  description: 'A web service.',
  config: z.strictObject({ url: z.string() }),
  open: ({ url }) => ({
    connect: async () => {
      if (url.includes('down')) throw new NotConnectedError('HTTP_DOWN', `cannot connect to ${url}`);
    },
    check: async () => undefined,
    close: async () => undefined,
  }),
  sink: {
    parameters: z.strictObject({}),
    create: () => ({
      encode: (output, record) => void record.write(JSON.stringify(output)),
      write: async ({ records }) => void written.push(...records.map(recordText)),
    }),
  },
});

class ManagedResources extends ResourceManager implements TestResources {
  async put(root: 'connectors' | 'actions' | 'sources', type: string, name: string, settings: unknown): Promise<void> {
    if (root === 'connectors') {
      await (settings === undefined
        ? this.removeConnector(type, name)
        : this.putConnector(type, name, settings as ConnectorConfig));
    } else {
      await (settings === undefined
        ? this.removeAction(type, name)
        : this.putAction(type, name, settings as ChannelConfig));
    }
  }
}

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let manager: ManagedResources;
let api: TestApi;

before(async () => {
  api = await TestApi.start({
    definitions: [definition],
    makeResources: (dataDir) => {
      manager = new ManagedResources({ definitions: [definition], node: NODE, dataDir, log });
      return manager;
    },
  });
});

after(async () => {
  await manager.close();
  await api.close();
});

const SINK = { type: 'http', name: 'sink', connector: 'web', parameters: {} };

async function eventually(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round += 1) await wait(5);
  assert.ok(holds());
}

test('a connector, an action and a rule made over the API carry messages, and all of them count', async () => {
  const connector = await api.post('/connectors', { type: 'http', name: 'web', url: 'http://up' });
  assert.deepEqual([connector.status, connector.body.status], [201, 'connected']);
  assert.equal((await api.post('/actions', SINK)).status, 201);
  await api.post('/rules', { id: 'r', sql: 'SELECT payload.x AS x FROM "t"', actions: ['http:sink'] });

  await api.post('/publish', { topic: 't', payload: '{"x": 1}', qos: 1 });
  await eventually(() => written.length === 1);

  assert.deepEqual(written, ['{"x":1}']);
  await eventually(() => manager.metrics('http:sink').success === 1);
  const { body } = await api.get('/actions/http:sink/metrics');
  assert.deepEqual([body.metrics.matched, body.metrics.success, body.node_metrics[0].status], [1, 1, 'connected']);
  const { metrics } = (await api.get('/rules/r/metrics')).body;
  assert.deepEqual([metrics['actions.total'], metrics['actions.success']], [1, 1]);
});

test('a disabled action is discarded by its rule', async () => {
  assert.equal((await api.put('/actions/http:sink/enable/false')).status, 204);

  await api.post('/publish', { topic: 't', payload: '{"x": 2}' });

  assert.equal((await api.get('/rules/r/metrics')).body.metrics['actions.discarded'], 1);
  assert.equal((await api.get('/actions/http:sink')).body.enable, false);
  assert.equal((await api.put('/actions/http:sink/enable/true')).status, 204);
});

test('a target that is down does not prevent a connector, and shows why', async () => {
  const { status, body } = await api.post('/connectors', { type: 'http', name: 'off', url: 'http://down' });
  assert.equal(status, 201);
  assert.equal(body.status, 'disconnected');
  assert.match(body.status_reason, /cannot connect to http:\/\/down/);

  const started = await api.post('/connectors/http:off/start');
  assert.equal(started.status, 400);
  assert.match(started.body.message, /cannot connect/);
  assert.equal((await api.put('/connectors/http:off', { url: 'http://up' })).body.status, 'connected');
  assert.equal((await api.post('/connectors/http:off/stop')).status, 204);
  assert.equal((await api.get('/connectors/http:off')).body.status, 'stopped');
  assert.equal((await api.post('/connectors/http:off/restart')).status, 204);
  assert.equal((await api.delete('/connectors/http:off')).status, 204);
});

test('probes tell whether it would work', async () => {
  const probe = { type: 'http', name: 'p' };

  assert.equal((await api.post('/connectors_probe', { ...probe, url: 'http://up' })).status, 204);
  const failed = await api.post('/connectors_probe', { ...probe, url: 'http://down' });
  assert.deepEqual([failed.status, failed.body.code], [400, 'TEST_FAILED']);
  assert.equal((await api.post('/actions_probe', { ...SINK, name: 'p' })).status, 204);
});

test('what is used cannot be removed, and goes in the right order', async () => {
  assert.equal((await api.delete('/connectors/http:web')).status, 400);
  assert.deepEqual((await api.delete('/actions/http:sink')).body.rules, ['r']);
  assert.equal((await api.delete('/actions/http:sink?also_delete_dep_actions=true')).status, 204);
  assert.equal((await api.delete('/connectors/http:web')).status, 204);

  assert.deepEqual([manager.actions(), manager.connectors()], [[], []]);
  assert.deepEqual((await api.get('/rules/r')).body.actions, []);
});
