import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { NODE, TestApi } from '../testing/api.ts';

let api: TestApi;
let socket: Socket;

before(async () => {
  api = await TestApi.start();
  const listener = await api.broker.listen({ type: 'tcp', name: 'test', host: '127.0.0.1', port: 0 });
  socket = connect(listener.port, '127.0.0.1');
  // CONNECT: MQTT 3.1.1, clean session, keep-alive 60, client id `c/1`
  socket.write(Buffer.from([0x10, 15, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 3, ...Buffer.from('c/1')]));
  await once(socket, 'data');
});

after(async () => {
  socket.destroy();
  await api.close();
});

const CLIENT = '/clients/c%2F1';

test('clients are listed, filtered and shown', async () => {
  const { body } = await api.get('/clients');
  assert.deepEqual(body.meta, { page: 1, limit: 100, count: 1, hasnext: false });
  assert.equal(body.data[0].clientid, 'c/1');
  assert.equal(body.data[0].connected, true);
  assert.match(body.data[0].connected_at, /^\d{4}-.*Z$/);
  const count = async (query: string) => (await api.get(`/clients?${query}`)).body.meta.count;
  assert.equal(await count('clientid=c%2F1&clientid=other'), 1);
  assert.equal(await count('like_clientid=c/'), 1);
  assert.equal(await count('username=nobody'), 0);
  assert.equal(await count('conn_state=disconnected'), 0);
  assert.equal(await count('proto_ver=4&clean_start=true&ip_address=127.0.0.1'), 1);
  assert.equal(await count('gte_connected_at=2999-01-01T00:00:00Z'), 0);
  assert.deepEqual((await api.get('/clients?fields=clientid,connected')).body.data, [
    { clientid: 'c/1', connected: true },
  ]);
  const bad = await api.get('/clients?conn_state=maybe');
  assert.deepEqual([bad.status, bad.body.code], [400, 'INVALID_PARAMETER']);

  assert.equal((await api.get(CLIENT)).body.clientid, 'c/1');
  const unknown = await api.get('/clients/none');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'CLIENTID_NOT_FOUND']);
});

test('subscriptions are made for a client, listed and ended', async () => {
  const { status, body } = await api.post(`${CLIENT}/subscribe`, { topic: 'a/+', qos: 1 });
  assert.equal(status, 200);
  assert.deepEqual(body, { node: NODE, topic: 'a/+', clientid: 'c/1', qos: 1, nl: 0, rap: 0, rh: 0, durable: false });
  await api.post(`${CLIENT}/subscribe/bulk`, [{ topic: 'b' }, { topic: '$share/g/c' }]);

  assert.equal((await api.get(`${CLIENT}/subscriptions`)).body.length, 3);
  const topics = async (query: string): Promise<string[]> =>
    (await api.get(`/subscriptions?${query}`)).body.data.map(({ topic }: { topic: string }) => topic);
  assert.deepEqual(await topics('match_topic=a/1'), ['a/+']);
  assert.deepEqual(await topics('share_group=g'), ['$share/g/c']);
  assert.deepEqual(await topics('match_topic=c'), ['$share/g/c']);
  assert.deepEqual(await topics('topic=b&qos=0&clientid=c%2F1'), ['b']);
  assert.equal((await api.get('/subscriptions')).body.meta.count, 3);

  assert.ok((await api.get('/topics')).body.data.some(({ topic }: { topic: string }) => topic === 'a/+'));
  assert.deepEqual((await api.get('/topics/a%2F%2B')).body, [{ topic: 'a/+', node: NODE }]);
  const unknown = await api.get('/topics/none');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'TOPIC_NOT_FOUND']);

  assert.equal((await api.post(`${CLIENT}/unsubscribe`, { topic: 'never' })).status, 204);
  assert.equal((await api.post(`${CLIENT}/unsubscribe/bulk`, [{ topic: 'b' }, { topic: '$share/g/c' }])).status, 204);
  assert.equal((await api.get(`${CLIENT}/subscriptions`)).body.length, 1);
  for (const path of ['/clients/none/subscribe', '/clients/none/unsubscribe']) {
    assert.equal((await api.post(path, { topic: 't' })).status, 404, path);
  }
  assert.equal((await api.get('/clients/none/subscriptions')).status, 404);
});

test('publishing answers 200 with subscribers and 202 without', async () => {
  const received = once(socket, 'data');

  const taken = await api.post('/publish', { topic: 'a/1', payload: 'aGk=', payload_encoding: 'base64' });

  assert.equal(taken.status, 200);
  assert.match(taken.body.id, /^[0-9A-Fa-f]{32}$/);
  const [bytes] = (await received) as [Buffer];
  assert.equal(bytes.subarray(-2).toString(), 'hi');
  const nobody = await api.post('/publish', { topic: 'nobody', payload: 'x' });
  assert.deepEqual([nobody.status, nobody.body], [202, { reason_code: 16, message: 'no_matching_subscribers' }]);
});

test('messages that are not valid are 400 with their reason code', async () => {
  for (const [body, code, message] of [
    [{ topic: 'a/+', payload: 'x' }, 144, 'topic_name_invalid'],
    [{ topic: '', payload: 'x' }, 144, 'topic_name_invalid'],
    [{ topic: 'x/'.repeat(200), payload: 'x' }, 144, 'topic_name_invalid'],
    [{ topic: 'a', payload: 'x', properties: { response_topic: 'a/#' } }, 144, 'topic_name_invalid'],
    [{ topic: 'a', payload: '?', payload_encoding: 'base64' }, 131, 'payload is not base64'],
    [{ topic: 'a', payload: 'x'.repeat(1_100_000) }, 151, 'packet_too_large'],
  ] as const) {
    const answer = await api.post('/publish', body);
    assert.deepEqual([answer.status, answer.body], [400, { reason_code: code, code, message }]);
  }
  assert.equal((await api.post('/publish', { topic: 'a' })).status, 400);
  assert.equal((await api.post('/publish', { topic: 'a', payload: 'x', qos: 3 })).status, 400);
});

test('bulk publishing is all or nothing, in order', async () => {
  const before = api.broker.metrics()['messages.publish'];
  const mixed = [
    { topic: 'ok', payload: 'x' },
    { topic: '#', payload: 'x' },
  ];
  assert.equal((await api.post('/publish/bulk', mixed)).status, 400);
  assert.equal(api.broker.metrics()['messages.publish'], before);
  assert.equal((await api.post('/publish/bulk', [])).status, 400);

  const answer = await api.post('/publish/bulk', [
    { topic: 'a/1', payload: 'x' },
    { topic: 'nobody', payload: 'x' },
  ]);

  assert.equal(answer.status, 202);
  assert.match(answer.body[0].id, /^[0-9A-Fa-f]{32}$/);
  assert.equal(answer.body[1].reason_code, 16);
  assert.equal((await api.post('/publish/bulk', [{ topic: 'a/1', payload: 'x' }])).status, 200);
});

test('retained messages are listed, shown and removed', async () => {
  const properties = { content_type: 'text/plain', user_properties: { a: 'b' } };
  for (const topic of ['keep/1', 'keep/2', 'other']) {
    await api.post('/publish', { topic, payload: 'hello', qos: 1, retain: true, properties });
  }

  const { body } = await api.get('/mqtt/retainer/messages?topic=keep/%23&limit=1');
  assert.deepEqual(body.meta, { page: 1, limit: 1, count: 2, hasnext: true });
  assert.equal(body.data[0].from_clientid, 'http_api');
  assert.equal(body.data[0].payload, undefined);
  const one = await api.get('/mqtt/retainer/message/keep%2F1');
  assert.equal(Buffer.from(one.body.payload, 'base64').toString(), 'hello');
  assert.equal((await api.get('/mqtt/retainer/message/none')).status, 404);
  assert.equal((await api.delete('/mqtt/retainer/message/keep%2F%2B')).status, 204);
  assert.equal((await api.delete('/mqtt/retainer/message/keep%2F1')).status, 404);
  assert.equal((await api.delete('/mqtt/retainer/messages')).status, 204);
  assert.equal((await api.get('/mqtt/retainer/messages')).body.meta.count, 0);
});

test('settings of the retainer are merged', async () => {
  const { status, body } = await api.put('/mqtt/retainer', { max_payload_size: '2MB' });

  assert.equal(status, 200);
  assert.equal(body.max_payload_size, '2MB');
  assert.equal(body.enable, true);
  assert.equal((await api.put('/mqtt/retainer', { max_payload_size: 'big' })).body.code, 'UPDATE_FAILED');
});

test('nodes, metrics and stats', async () => {
  const [node] = (await api.get('/nodes')).body;
  assert.deepEqual([node.node, node.node_status, node.live_connections], [NODE, 'running', 1]);
  assert.equal((await api.get(`/nodes/${NODE}`)).body.node, NODE);
  assert.equal((await api.get('/nodes/other')).status, 404);
  const [metrics] = (await api.get('/metrics')).body;
  assert.equal(metrics.node, NODE);
  assert.equal((await api.get('/metrics?aggregate=true')).body['packets.connect.received'], 1);
  assert.equal((await api.get('/stats?aggregate=true')).body['connections.count'], 1);
  assert.equal((await api.get('/stats')).body[0]['connections.count'], 1);
  assert.equal((await api.get(`/nodes/${NODE}/stats`)).body['connections.count'], 1);
  assert.equal((await api.get(`/nodes/${NODE}/metrics`)).body['packets.connect.received'], 1);
});

test('the overview has a time series and the present moment', async () => {
  assert.deepEqual((await api.get('/monitor?latest=3600')).body, []);
  assert.equal((await api.get('/monitor?latest=x')).status, 400);
  assert.equal((await api.get('/monitor/nodes/other')).status, 404);
  assert.equal((await api.delete('/monitor')).status, 204);
  assert.equal((await api.get('/monitor_current')).body.live_connections, 1);
  assert.equal(typeof (await api.get(`/monitor_current/nodes/${NODE}`)).body.node_uptime, 'number');
});

test('the cluster is this node', async () => {
  const { body } = await api.get('/cluster');

  assert.deepEqual([body.self, body.nodes], [NODE, [NODE]]);
  assert.deepEqual((await api.get('/cluster/topology')).body, [{ core_node: NODE, replicant_nodes: [] }]);
});

test('Prometheus scrapes without login', async () => {
  await api.post('/rules', { id: 'p', sql: 'SELECT * FROM "prom"' });
  await api.post('/publish', { topic: 'prom', payload: '' });

  const { status, text, headers } = await api.call('GET', '/prometheus/stats', undefined, {});

  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^text\/plain/);
  assert.match(text, /# TYPE emqx_packets_connect counter\nemqx_packets_connect 1\n/);
  assert.match(text, /\nemqx_connections_count 1\n/);
  assert.match(text, /\nemqx_rule_matched\{id="p"\} 1\n/);
  const json = await api.call('GET', '/prometheus/data_integration', undefined, { accept: 'application/json' });
  assert.deepEqual(json.body.emqx_rule_matched, [{ id: 'p', value: 1 }]);
});

test('listeners are shown', async () => {
  const [listener] = (await api.get('/listeners')).body;
  assert.deepEqual([listener.id, listener.number, listener.status.max_connections], ['tcp:default', 1, 'infinity']);
  assert.deepEqual((await api.get('/listeners?type=ssl')).body, []);
  assert.equal((await api.get('/listeners/tcp:default')).body.running, true);
  const unknown = await api.get('/listeners/tcp:none');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'BAD_LISTENER_ID']);
  assert.deepEqual((await api.get('/listeners_status')).body[0].ids, ['tcp:default']);
});

test('the configuration is text, or JSON when that is asked for', async () => {
  const text = await api.get('/configs?key=mqtt');
  assert.match(String(text.headers['content-type']), /^text\/plain/);
  assert.match(text.text, /^mqtt/);
  const token = await api.logIn();
  const as = (accept: string) =>
    api.call('GET', '/configs?key=mqtt', undefined, { authorization: `Bearer ${token}`, accept });
  assert.equal(typeof (await as('application/json')).body.mqtt.max_inflight, 'number');
  assert.equal((await as('image/png')).body.code, 'INVALID_ACCEPT');
  assert.equal((await api.get('/configs?key=none')).status, 404);
  assert.equal((await api.put('/configs/sys_topics', { sys_msg_interval: '2m' })).body.sys_msg_interval, '2m');
  assert.equal((await api.put('/configs/sys_topics', { sys_msg_interval: 'x' })).body.code, 'UPDATE_FAILED');
  assert.equal((await api.post('/configs_reset/sys_topics?conf_path=sys_msg_interval')).status, 200);
  assert.equal((await api.get('/configs/sys_topics')).body.sys_msg_interval, '1m');
  assert.equal((await api.post('/configs_reset/sys_topics')).status, 200);
  assert.equal((await api.post('/configs_reset/none')).status, 404);
  const zone = await api.put('/configs/global_zone', { mqtt: { max_inflight: 64 } });
  assert.equal(zone.body.mqtt.max_inflight, 64);
});

test('kicking closes the connection and discards the session', async () => {
  const closed = once(socket, 'close');

  assert.equal((await api.delete(CLIENT)).status, 204);
  await closed;

  assert.equal((await api.get(CLIENT)).status, 404);
  assert.equal((await api.delete(CLIENT)).body.code, 'CLIENTID_NOT_FOUND');
  assert.equal((await api.post('/clients/kickout/bulk', ['c/1'])).status, 204);
});
