import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, type KafkaService, startKafka, tempDir } from '@millrace/testkit';
import { clientsOutOfOrder, idsOf, readTopic } from './kafka-topic.ts';
import { NodeProcess } from './node-process.ts';
import { publishLoad } from './publishers.ts';

/** The corridor from a real MQTT client through SQL into a real Kafka, with what can go wrong on the way. */
let kafka: KafkaService;

before(async () => {
  kafka = await startKafka({});
});
after(() => kafka.stop());

interface Setup {
  readonly topic: string;
  readonly parameters?: string;
  readonly resourceOptions?: string;
}

async function startNode(setup: Setup, directory: string): Promise<NodeProcess> {
  const configFile = join(directory, 'millrace.conf');
  writeFileSync(
    configFile,
    `
    connectors.kafka_producer.k { bootstrap_hosts = "${kafka.bootstrap}", resource_opts.health_check_interval = 1s }
    actions.kafka_producer.out {
      connector = k
      parameters {
        topic = "${setup.topic}"
        partition_strategy = key_dispatch
        message { key = "\${clientid}", value = "\${payload}" }
        kafka_ext_headers = [{ kafka_ext_header_key = "mqtt_topic", kafka_ext_header_value = "\${topic}" }]
        ${setup.parameters ?? ''}
      }
      resource_opts { health_check_interval = 1s, ${setup.resourceOptions ?? ''} }
    }
    rule_engine.rules.out {
      sql = "SELECT clientid, topic, payload, payload.id as id, payload.target as target FROM \\"devices/+/state\\""
      actions = ["kafka_producer:out"]
    }
    `,
  );
  return NodeProcess.start({ dataDir: join(directory, 'data'), configFile });
}

const ACTION = 'kafka_producer:out';

function assertBalanced(metrics: Record<string, number>): void {
  const { matched, success, failed, inflight, queuing, late_reply: late, dropped } = metrics;
  assert.equal(matched, sum(success, failed, inflight, queuing, late, dropped), JSON.stringify(metrics));
  assert.equal(
    dropped,
    sum(
      ...['expired', 'queue_full', 'resource_stopped', 'resource_not_found', 'other'].map(
        (name) => metrics[`dropped.${name}`],
      ),
    ),
  );
}

function sum(...numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}

/** Waits until everything that was taken is settled one way or another. */
async function settled(node: NodeProcess): Promise<Record<string, number>> {
  return eventually(
    async () => {
      const metrics = await node.metrics('actions', ACTION);
      assertBalanced(metrics);
      assert.equal(sum(metrics['queuing'], metrics['inflight']), 0);
      return metrics;
    },
    { timeoutMs: 60_000 },
  );
}

test('delivers every message exactly once, in order, with key, headers and value', async () => {
  await using directory = await tempDir();
  await kafka.createTopic('exact', { partitions: 4 });
  await using node = await startNode({ topic: 'exact' }, directory.path);

  const { acknowledged } = await publishLoad({ port: node.mqttPort, clients: 20, messagesPerClient: 250 });
  const metrics = await settled(node);
  const rule = await node.metrics('rules', 'out');
  await node.stop();

  const records = await readTopic(kafka.bootstrap, 'exact');
  assert.equal(acknowledged.length, 5000);
  assert.deepEqual(idsOf(records).toSorted(), acknowledged.toSorted());
  assert.deepEqual(clientsOutOfOrder(idsOf(records)), []);
  assert.ok(records.every(({ key, value }) => value.includes(`"${key}/`)));
  assert.ok(records.every(({ key, headers }) => headers === `mqtt_topic=devices/${key}/state`));
  assert.equal(metrics['success'], 5000);
  assert.equal(metrics['matched'], 5000);
  assert.deepEqual(
    [rule['matched'], rule['passed'], rule['actions.success'], rule['actions.failed']],
    [5000, 5000, 5000, 0],
  );
});

test('loses nothing that was acknowledged when killed under load with Kafka away, ten times', {
  timeout: 400_000,
}, async () => {
  await using directory = await tempDir();
  await kafka.createTopic('killed', { partitions: 3 });
  const acknowledged: string[] = [];
  let node = await startNode({ topic: 'killed' }, directory.path);
  await using _ = { [Symbol.asyncDispose]: () => node.kill() };

  for (let round = 0; round < 10; round++) {
    const matched = async () => (await node.metrics('actions', ACTION))['matched'] ?? 0;
    const before = await matched();
    await kafka.kill();
    const load = publishLoad({ port: node.mqttPort, clients: 5, messagesPerClient: 100_000, prefix: `r${round}-` });
    await eventually(async () => (await matched()) > before + 300);
    await node.kill();
    acknowledged.push(...(await load).acknowledged);
    [node] = await Promise.all([node.restart(), kafka.restart()]);
  }
  const metrics = await settled(node);
  await node.stop();

  const ids = idsOf(await readTopic(kafka.bootstrap, 'killed'));
  const delivered = new Set(ids);
  assert.deepEqual(
    acknowledged.filter((id) => !delivered.has(id)),
    [],
    'acknowledged but missing',
  );
  assert.deepEqual(clientsOutOfOrder(ids), []);
  assert.ok(acknowledged.length > 1000);
  assertBalanced(metrics);
  process.stderr.write(
    `kill -9 drill: ${acknowledged.length} acknowledged, ${ids.length - delivered.size} duplicates\n`,
  );
});

test('shows an outage of Kafka with its cause, and recovers alone without loss, in order', {
  timeout: 120_000,
}, async () => {
  await using directory = await tempDir();
  await kafka.createTopic('outage', { partitions: 3 });
  await using node = await startNode({ topic: 'outage' }, directory.path);
  const load = publishLoad({ port: node.mqttPort, clients: 10, messagesPerClient: 2000 });

  await eventually(async () => ((await node.metrics('actions', ACTION))['success'] ?? 0) > 500);
  await kafka.kill();
  const status = await eventually(async () => {
    const connector = await node.api<{ status: string; status_reason?: string }>('/connectors/kafka_producer:k');
    assert.notEqual(connector.status, 'connected');
    assert.ok((connector.status_reason ?? '') !== '');
    return connector;
  });
  const { acknowledged } = await load;
  await kafka.restart();
  const metrics = await settled(node);
  await node.stop();

  const ids = idsOf(await readTopic(kafka.bootstrap, 'outage'));
  assert.match(status.status_reason ?? '', /ECONNREFUSED|refused|closed|reset|connect/i);
  assert.equal(acknowledged.length, 20_000);
  assert.equal(new Set(ids).size, 20_000);
  assert.deepEqual(clientsOutOfOrder(ids), []);
  assert.equal(metrics['success'], 20_000);
  assert.ok((metrics['retried'] ?? 0) > 0);
});

test('drops the oldest first when the buffer is full, counts each, and names the limit once', async () => {
  await using directory = await tempDir();
  await kafka.createTopic('full', { partitions: 1 });
  await kafka.kill();
  await using node = await startNode({ topic: 'full', resourceOptions: 'max_buffer_bytes = 100KB' }, directory.path);

  await publishLoad({ port: node.mqttPort, clients: 1, messagesPerClient: 3000, window: 1 });
  const full = await node.metrics('actions', ACTION);
  await kafka.restart();
  const metrics = await settled(node);
  await node.stop();

  const ids = idsOf(await readTopic(kafka.bootstrap, 'full'));
  assertBalanced(full);
  assert.ok((full['dropped.queue_full'] ?? 0) > 0);
  assert.equal(metrics['success'], ids.length);
  assert.equal(ids.length + (metrics['dropped.queue_full'] ?? 0), 3000);
  assert.deepEqual(
    ids,
    Array.from({ length: ids.length }, (_, index) => `c1/${3000 - ids.length + index}`),
    'the newest survive',
  );
  assert.equal(node.output.filter((line) => line.includes('max_buffer_bytes')).length, 1);
});

test('drops everything as expired when the TTL passes while Kafka is away', async () => {
  await using directory = await tempDir();
  await kafka.createTopic('expired', { partitions: 1 });
  await kafka.kill();
  await using node = await startNode({ topic: 'expired', resourceOptions: 'request_ttl = 2s' }, directory.path);

  await publishLoad({ port: node.mqttPort, clients: 2, messagesPerClient: 100 });
  const metrics = await settled(node);
  await kafka.restart();
  await node.stop();

  assert.equal(metrics['dropped.expired'], 200);
  assert.equal(metrics['failed'], 0);
  assert.equal(metrics['success'], 0);
  assert.deepEqual(await readTopic(kafka.bootstrap, 'expired'), []);
});

test('counts what Kafka or the template refuses as failed, with the reason, and delivers the rest of the batch', async () => {
  await using directory = await tempDir();
  await kafka.createTopic('refused', { partitions: 1, config: { 'max.message.bytes': '20000' } });
  await using node = await startNode({ topic: '${target}' }, directory.path);
  const payloadOf = (clientId: string, sequence: number) => {
    const target = { 0: undefined, 1: 'no-such-topic' }[sequence % 50] ?? 'refused';
    const padding = sequence % 50 === 2 ? 'x'.repeat(50_000) : '';
    return JSON.stringify({ id: `${clientId}/${sequence}`, padding, ...(sequence % 50 !== 0 && { target }) });
  };

  await publishLoad({ port: node.mqttPort, clients: 2, messagesPerClient: 500, payloadOf });
  const metrics = await settled(node);
  await node.stop();

  const ids = idsOf(await readTopic(kafka.bootstrap, 'refused'));
  assert.equal(metrics['failed'], 60);
  assert.equal(metrics['success'], 940);
  assert.equal(ids.length, 940);
  assert.deepEqual(clientsOutOfOrder(ids), []);
  for (const reason of ['KAFKA_TOPIC_NOT_RENDERED', 'KAFKA_UNKNOWN_TOPIC', 'KAFKA_TOO_LARGE']) {
    assert.ok(
      node.output.some((line) => line.includes(reason)),
      `the log names ${reason}`,
    );
  }
});
