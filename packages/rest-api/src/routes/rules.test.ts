import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NODE, TestApi } from '../testing/api.ts';

let api: TestApi;
before(async () => {
  api = await TestApi.start();
  await api.post('/connectors', { type: 'http', name: 'web', url: 'http://127.0.0.1:1' });
  await api.post('/actions', { type: 'http', name: 'sink', connector: 'web', parameters: {} });
});
after(() => api.close());

const SQL = 'SELECT payload.x AS x FROM "t/#"';

test('a rule is added, shown, changed and removed', async () => {
  const added = await api.post('/rules', { id: 'r1', sql: SQL, actions: ['http:sink'], description: 'd' });
  assert.equal(added.status, 201);
  assert.deepEqual(added.body, {
    id: 'r1',
    name: '',
    sql: SQL,
    from: ['t/#'],
    actions: ['http:sink'],
    action_details: [{ type: 'http', name: 'sink', status: 'connected' }],
    enable: true,
    description: 'd',
    created_at: '2026-01-01T00:00:00.000Z',
    last_modified_at: '2026-01-01T00:00:00.000Z',
  });
  api.clock.advance(5000);

  const changed = await api.put('/rules/r1', { enable: false });
  assert.equal(changed.status, 200);
  assert.deepEqual({ ...changed.body, enable: true, last_modified_at: added.body.last_modified_at }, { ...added.body });
  assert.equal(changed.body.last_modified_at, '2026-01-01T00:00:05.000Z');
  assert.deepEqual((await api.get('/rules/r1')).body, changed.body);
  assert.equal((await api.delete('/rules/r1')).status, 204);

  const gone = await api.get('/rules/r1');
  assert.deepEqual([gone.status, gone.body.code], [404, 'NOT_FOUND']);
  assert.equal((await api.delete('/rules/r1')).status, 404);
});

test('a whole answer can be sent back', async () => {
  const { body } = await api.post('/rules', { id: 'back', sql: SQL });

  assert.equal((await api.put('/rules/back', body)).status, 200);
});

test('an id is generated, and PUT makes a rule that is not there', async () => {
  const { body } = await api.post('/rules', { sql: SQL });
  assert.match(body.id, /^[0-9a-f]{8}$/);

  assert.equal((await api.put('/rules/put_made', { sql: SQL })).status, 200);
  assert.equal((await api.get('/rules/put_made')).status, 200);
});

test('bad rules are refused with the reason', async () => {
  await api.post('/rules', { id: 'taken', sql: SQL });
  for (const [body, message] of [
    [{ id: '', sql: SQL }, /empty rule id/],
    [{ id: 'taken', sql: SQL }, /already exists/],
    [{ id: 'a/b', sql: SQL }, /rule id/],
    [{ id: 5, sql: SQL }, /root\.id/],
    [{ sql: 'SELECT * FORM "t"' }, /^Bad Arguments: line 1/],
    [{ sql: SQL, actions: ['nonsense'] }, /actions\[0\]/],
    [{ sql: SQL, actions: [{ function: 'republish', args: {} }] }, /actions\[0\]\.args\.topic/],
    [{}, /root\.sql/],
  ] as const) {
    const answer = await api.post('/rules', body);
    assert.deepEqual([answer.status, answer.body.code], [400, 'BAD_REQUEST'], JSON.stringify(body));
    assert.match(answer.body.message, message);
  }
});

test('a rule may name actions that do not exist yet', async () => {
  const { status, body } = await api.post('/rules', { id: 'early', sql: SQL, actions: ['http:later'] });

  assert.equal(status, 201);
  assert.deepEqual(body.action_details, [{ type: 'http', name: 'later', status: 'not_found' }]);
});

test('the list is paged and filtered', async () => {
  // A name that no generated id of another test, eight hex digits, can contain.
  await api.post('/rules', { id: 'listed_1', sql: 'SELECT * FROM "filter/+"', enable: false, description: 'blue' });
  await api.post('/rules', { id: 'listed_2', sql: 'SELECT * FROM "filter/2"', actions: ['http:sink'] });
  await api.post('/rules', { id: 'listed_3', sql: 'SELECT * FROM "$sources/http:in"' });
  const ids = async (query: string): Promise<string[]> =>
    (await api.get(`/rules?${query}`)).body.data.map(({ id }: { id: string }) => id);

  assert.deepEqual(await ids('like_id=listed&like_from=filter'), ['listed_1', 'listed_2']);
  assert.deepEqual(await ids('from=filter/2'), ['listed_2']);
  assert.deepEqual(await ids('match_from=filter/9'), ['listed_1']);
  assert.deepEqual(await ids('like_description=blu'), ['listed_1']);
  assert.deepEqual(await ids('enable=false'), ['listed_1']);
  assert.deepEqual(await ids('action=http:sink&action=http:none'), ['listed_2']);
  assert.deepEqual(await ids('source=http:in'), ['listed_3']);
  const page = await api.get('/rules?like_id=listed&page=2&limit=2');
  assert.deepEqual(page.body.meta, { page: 2, limit: 2, count: 3, hasnext: false });
  const bad = await api.get('/rules?page=0');
  assert.deepEqual([bad.status, bad.body.code, bad.body.message], [400, 'BAD_REQUEST', 'page_limit_invalid']);
});

test('counters are shown for the cluster and each node, and reset', async () => {
  await api.post('/rules', { id: 'm', sql: 'SELECT payload.x AS x FROM "m"' });
  await api.post('/publish', { topic: 'm', payload: '{"x": 1}' });
  await api.post('/publish', { topic: 'm', payload: 'no json' });

  const { body } = await api.get('/rules/m/metrics');
  assert.equal(body.id, 'm');
  assert.deepEqual([body.metrics.matched, body.metrics.passed, body.metrics['failed.exception']], [2, 1, 1]);
  assert.deepEqual(body.node_metrics, [{ node: NODE, metrics: body.metrics }]);
  assert.equal((await api.put('/rules/m/metrics/reset')).status, 204);
  assert.equal((await api.get('/rules/m/metrics')).body.metrics.matched, 0);
  assert.equal((await api.get('/rules/none/metrics')).status, 404);
  assert.equal((await api.put('/rules/none/metrics/reset')).status, 404);
});

test('SQL is tried out without a rule', async () => {
  const context = { event_type: 'message_publish', topic: 't/1', payload: '{"x": 1.0}' };

  const { status, text, headers } = await api.post('/rule_test', { sql: SQL, context });
  assert.deepEqual([status, text], [200, '{"x":1.0}']);
  assert.match(String(headers['content-type']), /^application\/json/);
  const noMatch = await api.post('/rule_test', { sql: 'SELECT * FROM "other"', context });
  assert.deepEqual([noMatch.status, noMatch.body], [412, { code: 'NOT_MATCH', message: 'SQL Not Match' }]);
  const failed = await api.post('/rule_test', { sql: SQL, context: { ...context, payload: 'x' } });
  assert.deepEqual(
    [failed.status, failed.body.code, failed.body.message],
    [400, 'BAD_REQUEST', '{"select_and_transform_error":"decode_json_failed"}'],
  );
  assert.match(
    (await api.post('/rule_test', { sql: 'SELECT FROM', context })).body.message,
    /^1: syntax error before: /,
  );
  assert.match((await api.post('/rule_test', { sql: SQL })).body.message, /^Bad Arguments: /);
});

test('a stored rule is tried out with its actions', async () => {
  await api.post('/rules', { id: 'tried', sql: SQL, actions: [{ function: 'republish', args: { topic: 'out' } }] });
  const context = { event_type: 'message_publish', topic: 't/1', payload: '{"x": 1}' };
  const published = () => api.broker.metrics()['messages.publish'];
  const before = published();

  assert.deepEqual((await api.post('/rules/tried/test', { context })).body, { x: 1 });
  assert.equal(published(), before);
  await api.post('/rules/tried/test', { context, stop_action_after_template_rendering: false });
  assert.equal(published(), (before ?? 0) + 1);
  const unknown = await api.post('/rules/none/test', { context });
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'RULE_NOT_FOUND']);
});

test('what rules can select from is listed', async () => {
  const { body } = await api.get('/rule_events');

  assert.equal(body[0].event, '$events/message_publish');
  assert.deepEqual(body[0].test_columns.qos, [1, 'QoS']);
});

test('settings of the rule engine are read and changed', async () => {
  const { body } = await api.get('/rule_engine');
  assert.deepEqual(body, { ignore_sys_message: true, jq_function_default_timeout: '10s' });

  const changed = await api.put('/rule_engine', { ignore_sys_message: false });

  assert.deepEqual([changed.status, changed.body.ignore_sys_message], [200, false]);
  assert.equal((await api.put('/rule_engine', { jq_function_default_timeout: 'soon' })).status, 400);
});
