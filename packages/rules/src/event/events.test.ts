import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientInfo } from '@millrace/broker';
import type { Value } from '@millrace/values';
import { testEngine } from '../testing/engine.ts';
import { messageOf, testPublisher } from '../testing/fakes.ts';
import { sampleKinds } from '../tryout/samples.ts';
import * as columns from './columns.ts';
import { eventKinds } from './kinds.ts';

const client: ClientInfo = {
  ...testPublisher,
  attributes: { site: 'x' },
  mountpoint: undefined,
  localHost: '127.0.0.1',
  localPort: 1883,
  protocolName: 'MQTT',
  keepAlive: 60,
  cleanStart: true,
  receiveMaximum: 32,
  sessionExpiryInterval: 7,
  isBridge: false,
  connectedAt: 5,
  connectProperties: { sessionExpiryInterval: 7 },
};

/** A rule that hands everything it sees to an action. */
function watching(...from: readonly string[]) {
  const engine = testEngine('http:web');
  engine.rule(`SELECT * FROM ${from.map((topic) => `"${topic}"`).join(', ')}`, 'http:web');
  return { ...engine, seen: () => engine.action('http:web').outputs as readonly Record<string, Value>[] };
}

test('both names of an event select it, and a rule runs once for each that it lists', () => {
  for (const [from, runs] of [
    [['$events/client_connected'], 1],
    [['$events/client/connected'], 1],
    [['$events/client_connected', '$events/client/connected'], 2],
    [['$events/#'], 1],
    [['$events/client/+'], 1],
    [['$events/session/+'], 0],
    [['#'], 0],
  ] as const) {
    const { broker, seen } = watching(...from);

    broker.emit('clientConnected', { client });

    assert.equal(seen().length, runs, from.join(' '));
  }
});

test('an event that no rule wants is not registered with the broker', () => {
  const { engine, broker } = watching('$events/session/subscribed');

  assert.equal(broker.registered('sessionSubscribed'), 1);
  assert.equal(broker.registered('messageDelivered'), 0);
  engine.remove('r1');

  assert.equal(broker.registered('sessionSubscribed'), 0);
});

test('client.connected has its columns', () => {
  const { broker, seen } = watching('$events/client_connected');

  broker.emit('clientConnected', { client });

  assert.deepEqual(seen()[0], {
    event: 'client.connected',
    timestamp: 1_700_000_000_000,
    node: 'millrace@127.0.0.1',
    metadata: { rule_id: 'r1' },
    clientid: 'c1',
    username: 'u1',
    peername: '127.0.0.1:4000',
    sockname: '127.0.0.1:1883',
    proto_name: 'MQTT',
    proto_ver: 5,
    mountpoint: undefined,
    keepalive: 60,
    clean_start: true,
    receive_maximum: 32,
    expiry_interval: 7,
    is_bridge: false,
    conn_props: { 'Session-Expiry-Interval': 7 },
    connected_at: 5,
    client_attrs: { site: 'x' },
  });
});

test('client.connack counts the expiry in milliseconds', () => {
  const { broker, seen } = watching('$events/client_connack');

  broker.emit('clientConnack', { client, reasonCode: 'success' });

  assert.equal(seen()[0]?.['expiry_interval'], 7000);
  assert.equal(seen()[0]?.['reason_code'], 'success');
});

test('a delivered message names receiver and publisher', () => {
  const { broker, seen } = watching('$events/message_delivered');

  broker.emit('messageDelivered', { message: messageOf({ topic: 't' }), receiver: { ...client, clientId: 'c2' } });

  assert.equal(seen()[0]?.['from_clientid'], 'c1');
  assert.equal(seen()[0]?.['clientid'], 'c2');
});

test('a rule on dropped messages does not feed itself', () => {
  const { engine, broker, rule } = testEngine();
  rule('SELECT payload FROM "$events/message_dropped"', { function: 'republish', args: { topic: 'nobody' } });

  broker.emit('messageDropped', { message: messageOf({ topic: 't' }), reason: 'no_subscribers' });
  broker.emit('messageDropped', { message: messageOf({ topic: 'nobody', origin: 'r1' }), reason: 'no_subscribers' });

  assert.equal(broker.published.length, 1);
  assert.equal(engine.metrics('r1')['actions.success'], 2);
});

test('a published message has its columns', () => {
  const { publish, seen } = watching('t');

  publish('t', 'hi', {
    qos: 1,
    properties: {
      messageExpiryInterval: 9,
      userProperties: [
        ['a', '1'],
        ['a', '2'],
      ],
    },
  });

  assert.deepEqual(seen()[0], {
    event: 'message.publish',
    timestamp: 1_700_000_000_000,
    node: 'millrace@127.0.0.1',
    metadata: { rule_id: 'r1' },
    id: '000600000000000000000000000000aa',
    payload: Buffer.from('hi'),
    topic: 't',
    qos: 1,
    flags: { retain: false, dup: false },
    pub_props: {
      'Message-Expiry-Interval': 9,
      'User-Property': { a: '2' },
      'User-Property-Pairs': [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
    },
    publish_received_at: 1_700_000_000_000,
    clientid: 'c1',
    username: 'u1',
    peerhost: '127.0.0.1',
    peername: '127.0.0.1:4000',
    client_attrs: {},
  });
});

test('sources feed rules under both of their names', async () => {
  const { engine, seen } = watching('$bridges/mqtt:in');
  engine.put('r2', { sql: 'SELECT * FROM "$sources/mqtt:in"', actions: ['http:web'] });

  await engine.receive('mqtt:in', [{ payload: '{"x": 1}', topic: 'remote' }]);
  await engine.receive('mqtt:other', [{ payload: '' }]);

  assert.deepEqual(
    seen().map(({ event }) => event),
    ['$bridges/mqtt:in', '$sources/mqtt:in'],
  );
  assert.equal(seen()[0]?.['topic'], 'remote');
});

test('a source waits until the actions have taken its messages', async () => {
  const { engine, action } = watching('$sources/mqtt:in');
  let open = (): void => undefined;
  action('http:web').gate = {
    isOpen: false,
    whenOpen: (callback) => {
      open = callback;
    },
  };
  let done = false;

  const emitted = engine.receive('mqtt:in', [{ payload: 'x' }]).then(() => {
    done = true;
  });
  await Promise.resolve();
  assert.equal(done, false);
  open();
  await emitted;

  assert.equal(done, true);
});

test('events from elsewhere are emitted by name', () => {
  const { engine, seen } = watching('$events/sys/+');

  engine.emit('alarm.activated', { name: 'a1', message: 'm' });

  assert.equal(seen()[0]?.['event'], 'alarm.activated');
  assert.equal(seen()[0]?.['name'], 'a1');
  assert.throws(() => engine.emit('nonsense', {}), /nonsense/);
});

test('samples of the SQL tester have exactly the columns of the real events', () => {
  const tables: readonly (readonly [string, ReadonlyMap<string, unknown>])[] = [
    ['message.publish', columns.messagePublish],
    ['message.delivered', columns.messageDelivered],
    ['message.acked', columns.messageAcked],
    ['message.dropped', columns.messageDropped],
    ['delivery.dropped', columns.deliveryDropped],
    ['client.connected', columns.clientConnected],
    ['client.disconnected', columns.clientDisconnected],
    ['client.connack', columns.clientConnack],
    ['client.check_authz_complete', columns.clientCheckAuthzComplete],
    ['client.check_authn_complete', columns.clientCheckAuthnComplete],
    ['session.subscribed', columns.sessionSubscribed],
    ['session.unsubscribed', columns.sessionUnsubscribed],
  ];

  for (const [event, table] of tables) {
    const sample = sampleKinds.find((kind) => kind.event === event)!.sample(0);
    const common = ['event', 'timestamp', 'node', 'metadata'];
    assert.deepEqual(
      Object.keys(sample).sort(),
      [...table.keys()].filter((name) => !common.includes(name)).sort(),
      event,
    );
  }
});

test('every kind of event can be tried out', () => {
  for (const { event } of eventKinds)
    assert.ok(
      sampleKinds.some((kind) => kind.event === event),
      event,
    );
});
