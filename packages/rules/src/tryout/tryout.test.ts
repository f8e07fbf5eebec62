import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEngine } from '../testing/engine.ts';
import { testErrorMessage } from './tryout.ts';

const { engine } = testEngine();

function tryJson(sql: string, context: Record<string, unknown> = { event_type: 'message_publish' }): unknown {
  const result = engine.test(sql, context);
  return result.kind === 'output' ? JSON.parse(result.json) : 'no match';
}

function errorOf(sql: unknown, context: Record<string, unknown> = { event_type: 'message_publish' }): string {
  try {
    engine.test(sql as string, context);
  } catch (error) {
    return testErrorMessage(error);
  }
  return assert.fail('no error');
}

test('fills in samples for what the context leaves out', () => {
  assert.deepEqual(tryJson('SELECT clientid, username, topic, qos, payload, peerhost, peername, flags FROM "t/#"'), {
    clientid: 'c_emqx',
    username: 'u_emqx',
    topic: 't/a',
    qos: 1,
    payload: '{"msg": "hello"}',
    peerhost: '192.168.0.10',
    peername: '192.168.0.10:32781',
    flags: {},
  });
});

test('context fields replace samples', () => {
  const context = { event_type: 'message_publish', topic: 'a/b', payload: '{"x": 1.0}', qos: 2 };

  assert.deepEqual(tryJson('SELECT payload.x AS x, qos FROM "a/+"', context), { x: 1, qos: 2 });
  assert.equal((engine.test('SELECT payload.x AS x FROM "a/+"', context) as { json: string }).json, '{"x":1.0}');
});

test('undefined shows as text, and metadata names the tester', () => {
  const output = tryJson('SELECT nope, metadata FROM "t/a"') as { metadata: { rule_id: string } };

  assert.equal((output as unknown as { nope: string }).nope, 'undefined');
  assert.match(output.metadata.rule_id, /^sql_tester:/);
});

test('FOREACH gives an array, also an empty one', () => {
  const context = { event_type: 'message_publish', payload: '{"l": [1, 2]}' };

  assert.deepEqual(tryJson('FOREACH payload.l AS e DO e AS v FROM "t/a"', context), [{ v: 1 }, { v: 2 }]);
  assert.deepEqual(tryJson('FOREACH payload.none AS e DO e AS v FROM "t/a"', context), []);
});

test('FROM and WHERE that do not match give no match', () => {
  assert.equal(tryJson('SELECT * FROM "other"'), 'no match');
  assert.equal(tryJson('SELECT * FROM "t/a" WHERE qos = 0'), 'no match');
});

test('events match under their old and new names', () => {
  for (const from of ['$events/client_connected', '$events/client/connected', '$events/#']) {
    const output = tryJson(`SELECT event, clientid FROM "${from}"`, { event_type: 'client_connected' });
    assert.deepEqual(output, { event: 'client.connected', clientid: 'c_emqx' }, from);
  }
  assert.equal(tryJson('SELECT * FROM "$events/client_connected"', { event_type: 'client_disconnected' }), 'no match');
});

test('sources match under the name in the context, or exactly as the list shows them', () => {
  const source = { event_type: '$bridges/mqtt:*', server: 's:1883' };

  assert.deepEqual(tryJson('SELECT server FROM "$bridges/mqtt:*"', source), { server: 's:1883' });
  assert.equal(tryJson('SELECT server FROM "$bridges/mqtt:in"', source), 'no match');
  assert.deepEqual(
    tryJson('SELECT server FROM "$bridges/mqtt:in"', { event_type: 'bridge_mqtt', event_topic: '$bridges/mqtt:in' }),
    { server: '192.168.0.10:1883' },
  );
});

test('bad contexts are refused with the reason', () => {
  const sql = 'SELECT * FROM "t/a"';

  assert.match(errorOf(sql, {}), /^Bad Arguments: context\.event_type is required/);
  assert.match(errorOf(sql, { event_type: 'nope' }), /^Bad Arguments: .*"nope" is not known/);
  assert.match(
    errorOf(sql, { event_type: 'message_publish', color: 1 }),
    /^Bad Arguments: context\.color is not known/,
  );
  assert.match(
    errorOf(sql, { event_type: 'message_publish', payload: {} }),
    /^Bad Arguments: context\.payload must be text/,
  );
  assert.match(errorOf(sql, { event_type: 'message_publish', qos: 3 }), /^Bad Arguments: context\.qos/);
});

test('errors of the SQL are told in the words of EMQX', () => {
  const notJson = { event_type: 'message_publish', payload: 'x' };

  assert.match(errorOf('SELECT * FORM "t"'), /^1: syntax error before: /);
  assert.equal(errorOf('SELECT payload.x FROM "t/a"', notJson), '{"select_and_transform_error":"decode_json_failed"}');
  assert.match(errorOf('SELECT nope(1) FROM "t/a"'), /select_and_transform_error.*sql_function_not_supported/);
});

test('a stored rule renders its actions, and sends only when told to', () => {
  const { engine, broker, rule } = testEngine();
  rule('SELECT payload FROM "t/a"', { function: 'republish', args: { topic: 'out' } });
  const context = { event_type: 'message_publish' };

  engine.testRule('r1', context, false);
  assert.equal(broker.published.length, 0);
  const result = engine.testRule('r1', context, true);

  assert.equal(result.kind, 'output');
  assert.equal(broker.published.length, 1);
  assert.equal(engine.metrics('r1').matched, 0);
  assert.equal(engine.metrics('r1')['actions.total'], 0);
  assert.throws(() => engine.testRule('nope', context, true), /nope/);
});

test('the list of events is complete and in order', () => {
  const events = engine.events();

  assert.equal(events[0]?.event, '$events/message_publish');
  assert.equal(events.length, 17);
  assert.ok(
    events.every(({ columns, sql_example }) => columns.includes('metadata') && sql_example.startsWith('SELECT')),
  );
  assert.deepEqual(events[0]?.test_columns['clientid'], ['c_emqx', 'Client ID']);
});
