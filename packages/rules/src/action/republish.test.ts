import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEngine } from '../testing/engine.ts';
import type { RepublishArgs } from './action-config.ts';

function republish(args: RepublishArgs, sql = 'SELECT * FROM "t"') {
  const engine = testEngine();
  engine.rule(sql, { function: 'republish', args });
  return engine;
}

test('publishes with the QoS, retain flag and payload of the output', () => {
  const { publish, broker, engine } = republish(
    { topic: 'out/${clientid}' },
    'SELECT *, flags.retain AS retain FROM "t"',
  );

  publish('t', 'hello', { qos: 1, retain: true });

  const [message] = broker.published;
  assert.equal(message?.topic, 'out/c1');
  assert.equal(String(message?.payload), 'hello');
  assert.equal(message?.qos, 1);
  assert.equal(message?.retain, true);
  assert.equal(message?.publisher.clientId, 'r1');
  assert.equal(message?.publisher.username, undefined);
  assert.equal(engine.metrics('r1')['actions.success'], 1);
});

test('without qos and retain in the output it is QoS 0, not retained', () => {
  const { publish, broker } = republish({ topic: 'out' }, 'SELECT payload FROM "t"');

  publish('t', 'x', { qos: 2, retain: true });

  assert.equal(broker.published[0]?.qos, 0);
  assert.equal(broker.published[0]?.retain, false);
});

test('an empty payload template means the whole output as JSON', () => {
  const { publish, broker } = republish({ topic: 'out', payload: '' }, 'SELECT payload.x AS x, qos FROM "t"');

  publish('t', '{"x": 1.0}');

  assert.deepEqual(broker.published[0]?.payload, '{"x":1.0,"qos":0}');
});

test('missing variables render as undefined', () => {
  const { publish, broker } = republish({ topic: 'out/${nope}', payload: '${nope}' });

  publish('t', 'x');

  assert.equal(broker.published[0]?.topic, 'out/undefined');
  assert.equal(broker.published[0]?.payload, 'undefined');
});

test('binary payloads pass through unchanged, alone and inside a text', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const alone = republish({ topic: 'out' });
  const inside = republish({ topic: 'out', payload: '<${payload}>' });

  alone.publish('t', bytes);
  inside.publish('t', bytes);

  assert.deepEqual(Buffer.from(alone.broker.published[0]?.payload as Uint8Array), bytes);
  assert.deepEqual(
    Buffer.from(inside.broker.published[0]?.payload as Uint8Array),
    Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]),
  );
});

test('a rule never republishes what it republished itself', () => {
  const { publish, broker, engine, log } = republish({ topic: 't/x' }, 'SELECT * FROM "t/#"');

  publish('t/1', 'x');

  assert.equal(broker.published.length, 1);
  const metrics = engine.metrics('r1');
  assert.equal(metrics.matched, 2);
  assert.equal(metrics['actions.success'], 2);
  assert.match(log.lines[0]?.message ?? '', /republished itself/);
});

test('two rules that feed each other are stopped before they take the node down', () => {
  const { engine, publish, broker } = testEngine();
  engine.put('a', { sql: 'SELECT payload FROM "a"', actions: [{ function: 'republish', args: { topic: 'b' } }] });
  engine.put('b', { sql: 'SELECT payload FROM "b"', actions: [{ function: 'republish', args: { topic: 'a' } }] });

  publish('a', 'x');

  assert.equal(broker.published.length, 32);
  assert.equal(engine.metrics('a')['actions.failed.unknown'] + engine.metrics('b')['actions.failed.unknown'], 1);
});

test('user properties come from the output', () => {
  const { publish, broker } = republish(
    { topic: 'out', user_properties: '${user_properties}' },
    `SELECT 'b' AS user_properties.a, 1 AS user_properties.n FROM "t"`,
  );

  publish('t', '');

  assert.deepEqual(broker.published[0]?.properties, {
    userProperties: [
      ['a', 'b'],
      ['n', '1'],
    ],
  });
});

test('user properties of the triggering message are copied with duplicates', () => {
  const { publish, broker } = republish(
    { topic: 'out', user_properties: "${pub_props.'User-Property'}" },
    'SELECT payload FROM "t"',
  );
  const userProperties: [string, string][] = [
    ['a', '1'],
    ['a', '2'],
  ];

  publish('t', '', { properties: { userProperties } });

  assert.deepEqual(broker.published[0]?.properties, { userProperties });
});

test('other texts for user properties give none', () => {
  const { publish, broker } = republish({ topic: 'out', user_properties: 'just text' });

  publish('t', '', { properties: { userProperties: [['a', '1']] } });

  assert.equal(broker.published[0]?.properties, undefined);
});

test('MQTT properties are templates; numbers that are none drop their property', () => {
  const { publish, broker } = republish(
    {
      topic: 'out',
      mqtt_properties: {
        'Payload-Format-Indicator': '1',
        'Message-Expiry-Interval': '${nope}',
        'Content-Type': 'text/${clientid}',
        'Response-Topic': '${nope}',
        'Correlation-Data': '${qos}',
      },
    },
    'SELECT clientid, qos FROM "t"',
  );

  publish('t', '');

  assert.deepEqual(broker.published[0]?.properties, {
    payloadFormatIndicator: 1,
    contentType: 'text/c1',
    responseTopic: 'undefined',
    correlationData: Buffer.from('0'),
  });
});

test('direct_dispatch goes past rules and retainer', () => {
  const { publish, broker, engine } = republish({ topic: 'other', direct_dispatch: true });
  engine.put('r2', { sql: 'SELECT * FROM "other"' });

  publish('t', '');

  assert.equal(broker.published[0]?.direct, true);
  assert.equal(engine.metrics('r2').matched, 0);
});

test('a republished message holds the acknowledgement back as its own rules do', () => {
  const { engine, publish, action } = testEngine('http:web');
  engine.put('a', { sql: 'SELECT payload FROM "a"', actions: [{ function: 'republish', args: { topic: 'b' } }] });
  engine.put('b', { sql: 'SELECT payload FROM "b"', actions: ['http:web'] });
  const gate = { isOpen: false, whenOpen: () => undefined };
  action('http:web').gate = gate;

  assert.equal(publish('a', 'x'), gate);
});
