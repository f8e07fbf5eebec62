import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type KafkaService, startKafka } from '@millrace/testkit';
import { KafkaClient } from '../src/client.ts';
import { connectorConfig } from '../src/config.ts';
import { phash2 } from '../src/hash.ts';
import { deliver } from './driver.ts';
import { silentLog, sinkWith } from './fixtures.ts';
import { consume } from './kcat.ts';

const open: KafkaClient[] = [];

after(() => Promise.all(open.map((client) => client.close())));

async function connected(
  config: Record<string, unknown>,
  lost: (reason: Error) => void = () => {},
  signal = AbortSignal.timeout(10_000),
): Promise<KafkaClient> {
  const quick = { min_metadata_refresh_interval: '100ms', ...config };
  const client = new KafkaClient(connectorConfig.parse(quick), {
    id: 'connector:kafka_producer:k',
    node: 'n1',
    log: silentLog,
    lost,
  });
  open.push(client);
  await client.connect(signal);
  return client;
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    clientid: `c${index % 7}`,
    timestamp: 1_700_000_000_000 + index,
    n: index,
  }));

/** Gives unsecured tokens, which a broker without a key set takes, to whoever knows the secret. */
async function tokenEndpoint() {
  const server = createHttpServer((request, response) => {
    const [id, secret] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':');
    response.writeHead(secret === 's3cret' ? 200 : 401, { 'content-type': 'application/json' });
    const seconds = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ sub: id, iat: seconds, exp: seconds + 300 })}.`;
    response.end(JSON.stringify({ access_token: token, expires_in: 300 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, close: () => server.close() };
}

describe('Kafka 4.1.1', () => {
  let kafka: KafkaService;
  let client: KafkaClient;

  before(async () => {
    kafka = await startKafka({ sasl: true, tls: true, properties: { 'connections.max.reauth.ms': '1500' } });
    client = await connected({ bootstrap_hosts: kafka.bootstrap });
  });
  after(() => kafka.stop());

  test('every compression and acknowledgement arrives whole and in order', async () => {
    await kafka.createTopic('codecs', { partitions: 1 });
    let sent = 0;
    for (const compression of ['no_compression', 'gzip', 'snappy', 'lz4', 'zstd']) {
      for (const acks of ['all_isr', 'leader_only', 'none']) {
        const sink = sinkWith({ topic: 'codecs', compression, required_acks: acks }, client);
        await sink.prepare();
        await deliver(client, sink, numbered(500));
        sent += 500;
      }
    }

    const records = await consume(kafka.bootstrap, 'codecs');
    assert.equal(records.length, sent);
    for (const [index, { offset, key, value, timestamp }] of records.entries()) {
      const n = index % 500;
      assert.equal(offset, index);
      assert.equal(key, `c${n % 7}`);
      assert.equal(timestamp, 1_700_000_000_000 + n);
      assert.deepEqual(JSON.parse(value ?? ''), { clientid: key, timestamp, n });
    }
  });

  test('headers arrive in order, nothing is NULL', async () => {
    await kafka.createTopic('headers');
    const sink = sinkWith(
      {
        topic: 'headers',
        message: { key: '', value: '${payload}' },
        kafka_headers: '${h}',
        kafka_ext_headers: [{ kafka_ext_header_key: 'mqtt_topic', kafka_ext_header_value: '${topic}' }],
      },
      client,
    );
    await sink.prepare();
    await deliver(client, sink, [
      {
        h: [
          ['a', '1'],
          ['a', '2'],
        ],
        topic: 'x/y',
        payload: Buffer.from('raw'),
      },
      { payload: '', topic: '' },
    ]);

    const [first, second] = await consume(kafka.bootstrap, 'headers');
    assert.deepEqual(first?.headers, ['a', '1', 'a', '2', 'mqtt_topic', 'x/y']);
    assert.deepEqual([first?.key, first?.value], [null, 'raw']);
    assert.deepEqual([second?.key, second?.value], [null, null]);
  });

  test('keys choose their partition, random spreads', async () => {
    await kafka.createTopic('keys', { partitions: 4 });
    const sink = sinkWith({ topic: 'keys', partition_strategy: 'key_dispatch' }, client);
    await sink.prepare();
    await deliver(client, sink, numbered(200));

    for (const { partition, key } of await consume(kafka.bootstrap, 'keys')) {
      assert.equal(partition, phash2(Buffer.from(key ?? '')) % 4);
    }

    await kafka.createTopic('spread', { partitions: 4 });
    const random = sinkWith({ topic: 'spread' }, client);
    await random.prepare();
    await deliver(client, random, numbered(400));
    const counts = [0, 0, 0, 0];
    for (const { partition } of await consume(kafka.bootstrap, 'spread')) counts[partition]! += 1;
    assert.ok(
      counts.every((count) => count > 50),
      counts.join(),
    );
  });

  test('rendered topics go to their own, unknown ones fail alone', async () => {
    await kafka.createTopic('site-a', { partitions: 2 });
    await kafka.createTopic('site-b');
    const sink = sinkWith({ topic: 'site-${site}' }, client);
    await sink.prepare();

    const outputs = numbered(90).map((output, index) => ({ ...output, site: ['a', 'b', 'gone'][index % 3] }));
    const { failures } = await deliver(client, sink, outputs);

    assert.deepEqual(
      failures,
      Array.from({ length: 30 }, () => 'KAFKA_UNKNOWN_TOPIC'),
    );
    assert.equal((await consume(kafka.bootstrap, 'site-a')).length, 30);
    assert.equal((await consume(kafka.bootstrap, 'site-b')).length, 30);
  });

  test('topics are created when that is allowed', async () => {
    const creating = await connected({ bootstrap_hosts: kafka.bootstrap, allow_auto_topic_creation: true });
    const sink = sinkWith({ topic: 'made-${n}' }, creating);
    await sink.prepare();

    const { failures } = await deliver(creating, sink, [{ n: 1 }, { n: 2 }]);

    assert.deepEqual(failures, []);
    assert.equal((await consume(kafka.bootstrap, 'made-1')).length, 1);
    assert.equal((await consume(kafka.bootstrap, 'made-2')).length, 1);
  });

  test('a fixed topic that does not exist is an unhealthy target until it does', async () => {
    const sink = sinkWith({ topic: 'later' }, client);

    await assert.rejects(sink.prepare(), { name: 'UnhealthyTargetError', code: 'KAFKA_TOPIC_NOT_FOUND' });
    await kafka.createTopic('later');
    await sink.prepare();
    await sink.check();
  });

  test('a record that is too large fails alone', async () => {
    await kafka.createTopic('small', { config: { 'max.message.bytes': '20000' } });
    const sink = sinkWith({ topic: 'small', message: { value: '${v}' } }, client);
    await sink.prepare();
    const outputs = Array.from({ length: 64 }, (_, n) => ({
      v: n === 40 ? 'x'.repeat(30_000) : `${n}`,
      clientid: 'c',
    }));

    const { failures } = await deliver(client, sink, outputs);

    assert.deepEqual(failures, ['KAFKA_TOO_LARGE']);
    const values = (await consume(kafka.bootstrap, 'small')).map(({ value }) => Number(value));
    assert.deepEqual(
      values,
      outputs.map((_, n) => n).filter((n) => n !== 40),
    );
  });

  test('a record that the broker refuses fails alone', async () => {
    await kafka.createTopic('compacted', { config: { 'cleanup.policy': 'compact' } });
    const sink = sinkWith({ topic: 'compacted', message: { key: '${k}', value: '${n}' } }, client);
    await sink.prepare();
    const outputs = Array.from({ length: 10 }, (_, n) => ({ n, k: n === 3 ? '' : 'k' }));

    const { failures } = await deliver(client, sink, outputs);

    assert.deepEqual(failures, ['KAFKA_REJECTED']);
    assert.equal((await consume(kafka.bootstrap, 'compacted')).length, 9);
  });

  test('added partitions are found, vanished ones refuse their records', async () => {
    await kafka.createTopic('again', { partitions: 3 });
    const own = await connected({ bootstrap_hosts: kafka.bootstrap });
    const sink = sinkWith({ topic: 'again', partition_count_refresh_interval: '100ms' }, own);
    await sink.prepare();
    await deliver(own, sink, numbered(30));
    await kafka.deleteTopic('again');
    await kafka.createTopic('again', { partitions: 1 });

    while ((own.topics.known('again')?.lanes.length ?? 0) !== 1) await own.topics.recheck('again').catch(() => {});
    const { failures } = await deliver(own, sink, numbered(10));

    assert.deepEqual(failures, []);
    assert.equal((await consume(kafka.bootstrap, 'again')).length, 10);
    await sink.close();
  });

  test('every login works, a wrong one says so without its secret', async () => {
    const { name: username, password } = kafka.user;
    await kafka.createTopic('login');
    for (const mechanism of ['plain', 'scram_sha_256', 'scram_sha_512']) {
      const authentication = { mechanism, username, password };
      const own = await connected({ bootstrap_hosts: kafka.saslBootstrap, authentication });
      await own.check();
      const sink = sinkWith({ topic: 'login' }, own);
      await sink.prepare();
      await deliver(own, sink, numbered(3));
      const wrong = { ...authentication, password: 'not-the-password' };
      await assert.rejects(
        connected({ bootstrap_hosts: kafka.saslBootstrap, authentication: wrong }),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'KAFKA_AUTHENTICATION_FAILED');
          assert.doesNotMatch(error.message, /not-the-password/);
          return true;
        },
      );
    }
    assert.equal((await consume(kafka.bootstrap, 'login')).length, 9);
  });

  test('a login is renewed while batches are on their way', async () => {
    const { name: username, password } = kafka.user;
    await kafka.createTopic('renewed');
    const losses: Error[] = [];
    const authentication = { mechanism: 'scram_sha_256', username, password };
    const own = await connected({ bootstrap_hosts: kafka.saslBootstrap, authentication }, (reason) =>
      losses.push(reason),
    );
    const sink = sinkWith({ topic: 'renewed' }, own);
    await sink.prepare();

    let sent = 0;
    for (const until = Date.now() + 4000; Date.now() < until; sent += 200) {
      const { retried } = await deliver(own, sink, numbered(200), { batchSize: 10 });
      assert.deepEqual(retried, []);
    }

    assert.deepEqual(losses, []);
    assert.equal((await consume(kafka.bootstrap, 'renewed')).length, sent);
  });

  test('TLS works, with and without a look at the certificate', async () => {
    await kafka.createTopic('tls');
    for (const ssl of [
      { enable: true },
      { enable: true, verify: 'verify_peer', cacertfile: kafka.caFile },
      { enable: true, verify: 'verify_peer', cacertfile: kafka.caFile, server_name_indication: 'localhost' },
    ]) {
      const own = await connected({ bootstrap_hosts: kafka.tlsBootstrap, ssl });
      const sink = sinkWith({ topic: 'tls' }, own);
      await sink.prepare();
      await deliver(own, sink, numbered(5));
    }
    assert.equal((await consume(kafka.bootstrap, 'tls')).length, 15);
    await assert.rejects(
      connected({ bootstrap_hosts: kafka.tlsBootstrap, ssl: { enable: true, verify: 'verify_peer' } }),
      { code: 'KAFKA_UNREACHABLE', message: /self-signed/ },
    );
  });

  test('a topic for health checks must have a leader', async () => {
    await kafka.createTopic('healthy');
    const good = await connected({ bootstrap_hosts: kafka.bootstrap, health_check_topic: 'healthy' });
    const bad = await connected({ bootstrap_hosts: kafka.bootstrap, health_check_topic: 'nowhere' });

    await good.check();
    await assert.rejects(bad.check(), { code: 'KAFKA_UNKNOWN_TOPIC' });
  });

  test('an abort ends a connect within a second, and a client closes twice', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const started = Date.now();

    await assert.rejects(connected({ bootstrap_hosts: `127.0.0.1:${port}` }, () => {}, AbortSignal.timeout(100)));

    assert.ok(Date.now() - started < 1000);
    await open.at(-1)?.close();
    await open.at(-1)?.close();
    mute.close();
  });

  test('tokens of an OAuth endpoint log in', async () => {
    const endpoint = await tokenEndpoint();
    const authentication = {
      mechanism: 'oauth',
      endpoint_uri: endpoint.uri,
      client_id: 'millrace',
      client_secret: 's3cret',
    };

    const own = await connected({ bootstrap_hosts: kafka.saslBootstrap, authentication });
    await own.check();
    await assert.rejects(
      connected({
        bootstrap_hosts: kafka.saslBootstrap,
        authentication: { ...authentication, client_secret: 'wrong' },
      }),
      { code: 'KAFKA_AUTHENTICATION_FAILED', message: /answered 401; check client_id/ },
    );
    endpoint.close();
  });

  test('a broker that dies and comes back loses, doubles and reorders nothing', async () => {
    await kafka.createTopic('restart', { partitions: 2 });
    const losses: Error[] = [];
    const own = await connected({ bootstrap_hosts: kafka.bootstrap }, (reason) => losses.push(reason));
    const sink = sinkWith({ topic: 'restart', partition_strategy: 'key_dispatch' }, own);
    await sink.prepare();

    const delivering = deliver(own, sink, numbered(60_000), { batchSize: 50 });
    await kafka.kill();
    await kafka.restart();
    const { failures, retried } = await delivering;

    assert.deepEqual(failures, []);
    assert.ok(retried.length > 0);
    assert.ok(losses.length > 0);
    const last = new Map<string, number>();
    const records = await consume(kafka.bootstrap, 'restart');
    for (const { key, value } of records) {
      const { n } = JSON.parse(value ?? '') as { n: number };
      assert.ok(n > (last.get(key ?? '') ?? -1), `${key}: ${n} after ${last.get(key ?? '')}`);
      last.set(key ?? '', n);
    }
    assert.equal(records.length, 60_000);
  });
});

describe('Kafka 3.9.1', () => {
  let kafka: KafkaService;

  before(async () => {
    kafka = await startKafka({ version: '3.9.1' });
  });
  after(() => kafka.stop());

  test('records with key, headers and each compression arrive', async () => {
    await kafka.createTopic('old', { partitions: 2 });
    const client = await connected({ bootstrap_hosts: kafka.bootstrap });
    for (const compression of ['no_compression', 'gzip', 'snappy', 'lz4', 'zstd']) {
      const headers = [{ kafka_ext_header_key: 'codec', kafka_ext_header_value: compression }];
      const sink = sinkWith(
        { topic: 'old', compression, kafka_ext_headers: headers, partition_strategy: 'murmur2' },
        client,
      );
      await sink.prepare();
      await sink.check();
      await deliver(client, sink, numbered(100));
    }

    const records = await consume(kafka.bootstrap, 'old');
    assert.equal(records.length, 500);
    assert.deepEqual(
      new Set(records.map(({ headers }) => headers[1])),
      new Set(['no_compression', 'gzip', 'snappy', 'lz4', 'zstd']),
    );
  });
});
