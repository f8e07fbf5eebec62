import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NODE, TestApi } from '../testing/api.ts';

let api: TestApi;
before(async () => {
  api = await TestApi.start();
});
after(() => api.close());

const connector = (name: string, more: object = {}) => ({ type: 'http', name, url: 'http://127.0.0.1:1', ...more });
const action = (name: string, more: object = {}) => ({ type: 'http', name, connector: 'c', parameters: {}, ...more });

test('a connector is added, shown, replaced and removed', async () => {
  const { status, body } = await api.post('/connectors', connector('web', { password: 'geheim' }));
  assert.equal(status, 201);
  assert.equal(body.type, 'http');
  assert.equal(body.name, 'web');
  assert.equal(body.password, '******');
  assert.equal(body.status, 'connected');
  assert.deepEqual(body.node_status, [{ node: NODE, status: 'connected' }]);
  assert.deepEqual([body.actions, body.sources], [[], []]);
  assert.ok(Number.isInteger(body.created_at));

  const replaced = await api.put('/connectors/http:web', { ...body, url: 'http://127.0.0.1:2' });
  assert.equal(replaced.status, 200);
  assert.equal(replaced.body.url, 'http://127.0.0.1:2');
  assert.equal(replaced.body.created_at, body.created_at);
  assert.equal((api.ports.config.get(['connectors', 'http', 'web']) as { password: string }).password, 'geheim');
  assert.equal((await api.get('/connectors/http%3Aweb')).status, 200);
  assert.equal((await api.get('/connectors')).body.length, 1);
  assert.equal((await api.delete('/connectors/http:web')).status, 204);
  assert.equal((await api.get('/connectors/http:web')).status, 404);
});

test('bad connectors are refused with the reason', async () => {
  await api.post('/connectors', connector('twice'));
  for (const [body, code, message] of [
    [connector('twice'), 'ALREADY_EXISTS', /already exists/],
    [connector('no name'), 'BAD_REQUEST', /name/],
    [{ type: 'htpp', name: 'x' }, 'BAD_REQUEST', /http/],
    [connector('x', { url: 5 }), 'BAD_REQUEST', /root\.url/],
    [connector('x', { colour: 'red' }), 'BAD_REQUEST', /colour/],
    [{ name: 'x' }, 'BAD_REQUEST', /root\.type/],
  ] as const) {
    const answer = await api.post('/connectors', body);
    assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(body));
    assert.match(answer.body.message, message);
  }
});

test('ids that are none are 404', async () => {
  for (const id of ['nonsense', 'http:', ':x', 'http:none']) {
    for (const root of ['connectors', 'actions', 'sources']) {
      assert.equal((await api.get(`/${root}/${id}`)).status, 404, `${root} ${id}`);
    }
  }
  assert.match((await api.get('/connectors/nonsense')).body.message, /^Invalid bridge ID/);
});

test('connectors are enabled, disabled, started, stopped and restarted', async () => {
  await api.post('/connectors', connector('run'));
  for (const path of [
    '/connectors/http:run/start',
    '/connectors/http:run/stop',
    '/connectors/http:run/restart',
    `/nodes/${NODE}/connectors/http:run/start`,
  ]) {
    assert.equal((await api.post(path)).status, 204, path);
  }
  assert.deepEqual(api.resources.calls.splice(0), [
    'start connector http:run',
    'stop connector http:run',
    'restart connector http:run',
    'start connector http:run',
  ]);
  assert.equal((await api.post('/nodes/other/connectors/http:run/start')).status, 404);
  assert.equal((await api.post('/connectors/http:run/explode')).status, 400);

  assert.equal((await api.put('/connectors/http:run/enable/false')).status, 204);
  const { body } = await api.get('/connectors/http:run');
  assert.deepEqual([body.enable, body.status], [false, 'stopped']);
  const refused = await api.post('/connectors/http:run/start');
  assert.deepEqual([refused.status, refused.body.message], [400, 'Forbidden operation, connector not enabled']);
});

test('a failed start is 400 with the reason', async () => {
  await api.post('/connectors', connector('down'));
  api.resources.failure = 'connection refused';

  const { status, body } = await api.post('/connectors/http:down/start');

  api.resources.failure = undefined;
  assert.deepEqual([status, body.message], [400, 'connection refused']);
});

test('a probe keeps nothing, knows stored secrets, and tells the reason of a failure', async () => {
  await api.post('/connectors', connector('probed', { password: 'geheim' }));
  api.resources.calls.length = 0;

  assert.equal((await api.post('/connectors_probe', connector('probed', { password: '******' }))).status, 204);
  assert.match(api.resources.calls[0] ?? '', /^probe connector http .*"password":"geheim"/);
  assert.equal((await api.post('/connectors_probe', connector('fresh'))).status, 204);
  assert.equal((await api.get('/connectors/http:fresh')).status, 404);
  assert.equal((await api.post('/connectors_probe', connector('fresh', { url: 5 }))).body.code, 'BAD_REQUEST');
  api.resources.failure = 'no route to host';
  const failed = await api.post('/connectors_probe', connector('fresh'));
  api.resources.failure = undefined;
  assert.deepEqual([failed.status, failed.body], [400, { code: 'TEST_FAILED', message: 'no route to host' }]);
});

test('an action is added, shown, replaced and removed', async () => {
  await api.post('/connectors', connector('c'));
  const { status, body } = await api.post('/actions', action('a', { description: 'd' }));
  assert.equal(status, 201);
  assert.equal(body.connector, 'c');
  assert.equal(body.status, 'connected');
  assert.deepEqual(body.rules, []);

  assert.equal((await api.put('/actions/http:a', { ...body, parameters: { path: '/x' } })).body.parameters.path, '/x');
  assert.equal((await api.get('/actions')).body.length, 1);
  const [summary] = (await api.get('/actions_summary')).body;
  assert.deepEqual([summary.name, summary.description, summary.rules], ['a', 'd', []]);
  assert.equal(summary.parameters, undefined);
  const { body: metrics } = await api.get('/actions/http:a/metrics');
  assert.equal(metrics.metrics.matched, 0);
  assert.equal(metrics.node_metrics[0].node, NODE);
  assert.equal((await api.put('/actions/http:a/metrics/reset')).status, 204);
  assert.equal((await api.put('/actions/http:a/enable/false')).status, 204);
  assert.equal((await api.post('/actions/http:a/start')).body.message, 'Forbidden operation, bridge not enabled');
  await api.put('/actions/http:a/enable/true');
  assert.equal((await api.post('/actions/http:a/start')).status, 204);
  assert.equal((await api.post('/actions', action('a'))).body.code, 'ALREADY_EXISTS');
  assert.equal((await api.delete('/actions/http:a')).status, 204);
});

test('an action needs a connector that exists', async () => {
  const answer = await api.post('/actions', action('lost', { connector: 'none' }));

  assert.equal(answer.status, 400);
  assert.match(answer.body.message, /http:none/);
});

test('a connector that is used cannot be removed', async () => {
  await api.post('/connectors', connector('used'));
  await api.post('/actions', action('user', { connector: 'used' }));

  const { status, body } = await api.delete('/connectors/http:used');

  assert.equal(status, 400);
  assert.match(body.message, /user/);
});

test('an action that rules use is removed only when asked to take it out of them', async () => {
  await api.post('/actions', action('wanted'));
  await api.post('/rules', {
    id: 'uses',
    sql: 'SELECT * FROM "t"',
    actions: ['webhook:wanted', { function: 'console' }],
  });

  const refused = await api.delete('/actions/http:wanted');
  assert.deepEqual([refused.status, refused.body.code, refused.body.rules], [400, 'BAD_REQUEST', ['uses']]);
  assert.deepEqual((await api.get('/actions/http:wanted')).body.rules, ['uses']);
  assert.equal((await api.delete('/actions/http:wanted?also_delete_dep_actions=true')).status, 204);

  assert.deepEqual((await api.get('/rules/uses')).body.actions, [{ function: 'console' }]);
});

test('sources have the routes of actions', async () => {
  const body = { type: 'http', name: 's', connector: 'c', parameters: { topic: 't' } };
  assert.equal((await api.post('/sources', body)).status, 201);
  await api.post('/rules', { id: 'reads', sql: 'SELECT * FROM "$sources/http:s"' });

  assert.deepEqual((await api.get('/sources/http:s')).body.rules, ['reads']);
  assert.equal((await api.get('/sources/http:s/metrics')).body.metrics.received, 0);
  assert.equal((await api.delete('/sources/http:s')).body.rules[0], 'reads');
  await api.delete('/rules/reads');
  assert.equal((await api.delete('/sources/http:s')).status, 204);
});

test('types and their schemas are listed', async () => {
  assert.deepEqual((await api.get('/action_types')).body, ['http']);
  assert.deepEqual((await api.get('/source_types')).body, ['http']);
  const [form] = (await api.get('/schemas/connectors')).body;
  assert.equal(form.schema.properties.password.writeOnly, true);
  assert.equal((await api.get('/schemas/actions')).body[0].schema.properties.path.default, '/');
  assert.equal((await api.get('/schemas/none')).status, 404);
});
