import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Broker, silentLog } from '@millrace/broker';
import type { Value } from '@millrace/values';
import { RuleEngine } from '../src/index.ts';
import { FakeAction, TestGate } from '../src/testing/fakes.ts';

const NODE = 'millrace@127.0.0.1';
let broker: Broker;
let engine: RuleEngine;
let port: number;
const sink = new FakeAction('http:web');

before(async () => {
  broker = new Broker({ node: NODE });
  engine = new RuleEngine({ broker, resource: { action: () => sink }, log: silentLog, node: NODE });
  ({ port } = await broker.listen({ type: 'tcp', name: 'test', host: '127.0.0.1', port: 0 }));
});

after(async () => {
  engine.close();
  await broker.close();
});

/** CONNECT of MQTT 3.1.1 with a clean session, answered. */
async function client(id: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const name = Buffer.from(id);
  socket.write(
    Buffer.from([0x10, 12 + name.length, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, name.length, ...name]),
  );
  await once(socket, 'data');
  return socket;
}

/** PUBLISH at QoS 1. */
function publish(topic: string, payload: string, packetId: number): Buffer {
  const body = Buffer.from([0, topic.length, ...Buffer.from(topic), 0, packetId, ...Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([0x32, body.length]), body]);
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round += 1) await wait(5);
  assert.ok(holds());
}

test('a publish goes through a rule into an action, and through a republish into another rule', async () => {
  engine.put('first', {
    sql: 'SELECT payload.x AS x, clientid FROM "in/+"',
    actions: [{ function: 'republish', args: { topic: 'out/${x}', payload: '${.}' } }],
  });
  engine.put('second', { sql: 'SELECT payload.x AS x, clientid, topic FROM "out/#"', actions: ['http:web'] });
  const socket = await client('c1');

  socket.write(publish('in/1', '{"x": 7}', 1));
  await once(socket, 'data');

  assert.deepEqual(sink.outputs.splice(0), [{ x: 7, clientid: 'first', topic: 'out/7' }]);
  assert.equal(engine.metrics('first')['actions.success'], 1);
  assert.equal(engine.metrics('second').passed, 1);
  socket.destroy();
});

test('the publisher is acknowledged once the gate of its action is open', async () => {
  engine.put('durable', { sql: 'SELECT payload FROM "durable"', actions: ['http:web'] });
  const socket = await client('c2');
  const gate = new TestGate();
  sink.gate = gate;
  let acknowledged = false;
  socket.once('data', () => {
    acknowledged = true;
  });

  socket.write(publish('durable', 'x', 1));
  await eventually(() => sink.outputs.length === 1);
  await wait(20);
  assert.equal(acknowledged, false);
  gate.open();
  await eventually(() => acknowledged);

  sink.gate = undefined;
  sink.outputs.length = 0;
  socket.destroy();
});

test('clients, sessions and messages start rules on their events', async () => {
  engine.put('events', { sql: 'SELECT event, clientid, topic, reason FROM "$events/#"', actions: ['http:web'] });
  const socket = await client('c3');
  // SUBSCRIBE to `s` at QoS 0
  socket.write(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x73, 0]));
  await once(socket, 'data');

  broker.publish({ topic: 's', payload: 'x', publisher: { ...NOBODY, clientId: 'api' } });
  broker.publish({ topic: 'nobody', payload: 'x', publisher: { ...NOBODY, clientId: 'api' } });
  await once(socket, 'data');
  const seen = () => sink.outputs.map(({ event, clientid, topic, reason }) => [event, clientid, topic, reason]);
  socket.destroy();
  await eventually(() => seen().some(([event]) => event === 'client.disconnected'));

  const expected: Value[][] = [
    ['client.connected', 'c3', undefined, undefined],
    ['session.subscribed', 'c3', 's', undefined],
    ['message.delivered', 'c3', 's', undefined],
    ['message.dropped', 'api', 'nobody', 'no_subscribers'],
  ];
  for (const event of expected) {
    assert.ok(
      seen().some((one) => one.every((value, index) => value === event[index])),
      JSON.stringify([event, seen()]),
    );
  }
  assert.ok(seen().some(([event]) => event === 'client.connack'));
  engine.remove('events');
});

test('a topic that is none fails the republish and nothing else', async () => {
  engine.put('bad', { sql: 'SELECT payload FROM "bad"', actions: [{ function: 'republish', args: { topic: 'a/#' } }] });
  const socket = await client('c4');

  socket.write(publish('bad', 'x', 1));
  await once(socket, 'data');

  assert.equal(engine.metrics('bad')['actions.failed.unknown'], 1);
  socket.destroy();
});

const NOBODY = {
  username: undefined,
  peerHost: undefined,
  peerPort: undefined,
  protocolVersion: undefined,
  attributes: {},
};
