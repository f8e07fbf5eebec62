import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { type Batch, NotConnectedError, RecordWriter, RecoverableError, type RuleOutput } from '@millrace/contract';
import { accepts, eventually, FaultProxy, HttpTestServer } from '@millrace/testkit';
import { HttpLink } from '../src/client.ts';
import { connectorConfig, sinkParameters } from '../src/config.ts';
import { HttpSink } from '../src/sink.ts';

let server: HttpTestServer;
const links: HttpLink[] = [];

beforeEach(async () => {
  server = await HttpTestServer.start();
});

afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
  await server[Symbol.asyncDispose]();
});

function patience(ms = 5000): AbortSignal {
  return AbortSignal.timeout(ms);
}

async function connected(parameters: object = {}, connector: object = {}): Promise<{ sink: HttpSink; link: HttpLink }> {
  const link = new HttpLink(connectorConfig.parse({ url: server.url, ...connector }));
  links.push(link);
  await link.connect(patience());
  const sink = new HttpSink(sinkParameters.parse(parameters), link);
  await sink.prepare();
  return { sink, link };
}

function batch(sink: HttpSink, outputs: readonly RuleOutput[], laneIndex = 0): Batch {
  const record = new RecordWriter();
  const ends = outputs.map((output) => {
    sink.encode(output, record);
    return record.position;
  });
  const bytes = Buffer.from(record.buffer.subarray(0, record.position));
  const records = ends.map((end, index) => ({ bytes, start: ends[index - 1] ?? 0, end, enqueuedAt: 0 }));
  return { lane: String(laneIndex), laneIndex, records, attempt: 1 };
}

test('posts the whole output as JSON unless a body is given', async () => {
  const { sink } = await connected();

  await sink.write(batch(sink, [{ clientid: 'c1', payload: '{"a":1}' }]), patience());

  const [request] = server.requests;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.url, '/');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(String(request?.body)), { clientid: 'c1', payload: '{"a":1}' });
});

test('renders path, headers and body; raw bytes pass unchanged', async () => {
  const { sink } = await connected({
    method: 'put',
    path: '/devices/${clientid}?at=${timestamp}',
    headers: { 'x-topic': '${topic}', authorization: 'Bearer secret', 'Content-Type': 'application/octet-stream' },
    body: '${payload}',
  });
  const payload = Buffer.from([0, 0xff, 0x80, 10]);

  await sink.write(batch(sink, [{ clientid: 'tür', timestamp: 7, topic: 'a/ü', payload }]), patience());

  const [request] = server.requests;
  assert.equal(request?.method, 'PUT');
  assert.equal(request?.url, '/devices/t%C3%BCr?at=7');
  assert.equal(request?.headers.authorization, 'Bearer secret');
  assert.equal(request?.headers['content-type'], 'application/octet-stream');
  assert.equal(Buffer.from(String(request?.headers['x-topic']), 'latin1').toString(), 'a/ü');
  assert.deepEqual(request?.body, payload);
});

test('fixed headers, and with them secrets, stay out of the buffered record', async () => {
  const { sink } = await connected(
    { headers: { authorization: 'Bearer secret' } },
    { headers: { 'x-api-key': 'key' } },
  );

  const [record] = batch(sink, [{ a: 1 }]).records;

  assert.doesNotMatch(String(record?.bytes), /secret|key/);
});

for (const method of ['get', 'delete'] as const) {
  test(`${method} sends no body`, async () => {
    const { sink } = await connected({ method, body: '${payload}', path: '/x' });

    await sink.write(batch(sink, [{ payload: 'ignored' }]), patience());

    assert.equal(server.requests[0]?.method, method.toUpperCase());
    assert.equal(server.requests[0]?.body.length, 0);
  });
}

test('an answer that asks for patience is recoverable and says for how long', async () => {
  server.answer = () => ({ status: 429, headers: { 'retry-after': '3' }, body: 'slow down' });
  const { sink } = await connected();

  await assert.rejects(sink.write(batch(sink, [{}]), patience()), (error: unknown) => {
    assert.ok(error instanceof RecoverableError);
    assert.equal(error.retryAfterMs, 3000);
    return true;
  });
});

test('a refused record of a batch is named and the others are sent', async () => {
  server.answer = ({ body }) => ({ status: body.toString() === 'bad' ? 422 : 201 });
  const { sink } = await connected({ body: '${v}' });

  const rejections = await sink.write(batch(sink, [{ v: 'a' }, { v: 'bad' }, { v: 'c' }]), patience());

  assert.deepEqual(
    rejections.map(({ index, error }) => [index, error.code]),
    [[1, 'HTTP_REFUSED']],
  );
  assert.deepEqual(
    server.requests.map(({ body }) => body.toString()),
    ['a', 'bad', 'c'],
  );
});

test('requests of one lane share a connection that stays open, and long answers are consumed', async () => {
  server.answer = () => ({ body: 'x'.repeat(200_000) });
  const { sink } = await connected();
  const before = server.connections;

  for (let index = 0; index < 5; index += 1) await sink.write(batch(sink, [{ index }]), patience());

  assert.equal(server.connections, before + 1);
});

test('lanes spread over the connections, and hash keeps each on its own', async () => {
  server.answer = () => ({ delayMs: 20 });
  const { sink } = await connected({}, { pool_size: 4, pool_type: 'hash' });

  for (let round = 0; round < 2; round += 1) {
    await Promise.all([0, 1, 2, 3, 4].map((lane) => sink.write(batch(sink, [{ lane }], lane), patience())));
  }

  const used = Map.groupBy(server.requests, ({ body }) => (JSON.parse(body.toString()) as { lane: number }).lane);
  for (const requests of used.values()) assert.equal(new Set(requests.map(({ connection }) => connection)).size, 1);
  assert.equal(new Set(server.requests.map(({ connection }) => connection)).size, 4);
});

test('a connection that the server closes while it is idle costs nothing', async () => {
  let onConnection = new Map<number, number>();
  server.answer = ({ connection }) => {
    onConnection = onConnection.set(connection, (onConnection.get(connection) ?? 0) + 1);
    return (onConnection.get(connection) ?? 0) > 1 ? 'close' : {};
  };
  const { sink } = await connected();

  await sink.write(batch(sink, [{ v: 1 }]), patience());
  await sink.write(batch(sink, [{ v: 2 }]), patience());

  assert.equal(server.requests.at(-1)?.body.toString(), '{"v":2}');
});

test('a connection that breaks before the first answer is recoverable', async () => {
  server.answer = () => 'close';
  const { sink } = await connected();

  await assert.rejects(sink.write(batch(sink, [{}]), patience()), { code: 'HTTP_CONNECTION_LOST', recoverable: true });
  assert.equal(server.requests.length, 1);
});

test('a server that never answers is given up after request_timeout', async () => {
  server.answer = () => 'never';
  const { sink } = await connected({ request_timeout: '300ms' });

  await assert.rejects(sink.write(batch(sink, [{}]), patience()), { code: 'HTTP_TIMEOUT', recoverable: true });
});

test('an abort ends a request at once', async () => {
  server.answer = () => 'never';
  const { sink } = await connected();

  await assert.rejects(sink.write(batch(sink, [{}]), patience(100)), { code: 'HTTP_TIMEOUT', recoverable: true });
});

test('a close ends open requests, and the link opens again', async () => {
  server.answer = () => 'never';
  const { sink, link } = await connected();
  const write = assert.rejects(sink.write(batch(sink, [{}]), patience()), NotConnectedError);
  await eventually(() => server.requests.length === 1);

  await link.close();
  await write;
  server.answer = () => ({});
  await link.connect(patience());
  await sink.write(batch(sink, [{}]), patience());

  assert.equal(server.requests.length, 2);
});

test('something that is no HTTP server is said so', async () => {
  const other = createServer((socket) => socket.on('error', () => undefined).end('220 mail.example ESMTP\r\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { sink } = await connected({}, { url: `http://127.0.0.1:${port}` });

  await assert.rejects(sink.write(batch(sink, [{}]), patience()), { code: 'HTTP_BAD_ANSWER' });
  other.close();
});

test('a check names the reason, and what the last request met', async () => {
  server.answer = () => ({ status: 503 });
  await using proxy = await FaultProxy.start({ target: { port: server.port } });
  const { sink, link } = await connected({}, { url: `http://${proxy.address}` });
  await link.check(patience());
  await assert.rejects(sink.write(batch(sink, [{}]), patience()), RecoverableError);

  await proxy.takeDown();

  await assert.rejects(link.check(patience()), (error: unknown) => {
    assert.ok(error instanceof NotConnectedError);
    assert.match(
      error.message,
      /cannot connect to 127\.0\.0\.1:\d+: connect ECONNREFUSED.*; the last request failed too: .*503/,
    );
    return true;
  });
});

test('a deep check asks a path of its own', async () => {
  let status = 200;
  server.answer = ({ url }) => ({ status: url === '/health' ? status : 500 });
  const { link } = await connected({}, { health_check_path: '/health' });

  await link.check(patience());
  status = 404;

  await assert.rejects(link.check(patience()), { code: 'HTTP_UNHEALTHY' });
});

test('a stalled link is noticed by the deep check, and a cut one by the request', async () => {
  await using proxy = await FaultProxy.start({ target: { port: server.port } });
  const { sink, link } = await connected({}, { url: `http://${proxy.address}`, health_check_path: '/' });
  await proxy.set({ kind: 'stall' });

  await assert.rejects(link.check(patience(200)), { code: 'HTTP_TIMEOUT' });

  await proxy.set({ kind: 'pass' });
  server.answer = () => 'never';
  const write = assert.rejects(sink.write(batch(sink, [{}]), patience()), { code: 'HTTP_CONNECTION_LOST' });
  await eventually(() => server.requests.some(({ method }) => method === 'POST'));
  proxy.cut();
  await write;
});

test('connecting to a port where nobody listens fails with the reason', async () => {
  const { port } = server;
  await server[Symbol.asyncDispose]();
  assert.equal(await accepts(port), false);

  await assert.rejects(connected({}, { url: `http://127.0.0.1:${port}` }), { code: 'HTTP_CANNOT_CONNECT' });
});
