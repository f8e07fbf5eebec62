import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { connectorConfig } from './config.ts';
import { acksOf, deliveryOf, sinkParameters } from './parameters.ts';

test('a connector needs only its bootstrap hosts', () => {
  const config = connectorConfig.parse({ bootstrap_hosts: 'a, b:9093,[::1]' });

  assert.deepEqual(config.bootstrap_hosts, [
    { host: 'a', port: 9092 },
    { host: 'b', port: 9093 },
    { host: '::1', port: 9092 },
  ]);
  assert.equal(config.connect_timeout, 5000);
  assert.equal(config.min_metadata_refresh_interval, 3000);
  assert.equal(config.authentication, 'none');
  assert.equal(config.ssl.enable, false);
});

test('every authentication of the manual parses', () => {
  for (const authentication of [
    'none',
    { mechanism: 'plain', username: 'u', password: 'p' },
    { mechanism: 'scram_sha_256', username: 'u', password: 'p' },
    { mechanism: 'scram_sha_512', username: 'u', password: 'file:///run/secret' },
    {
      mechanism: 'oauth',
      endpoint_uri: 'https://id.example.com/token',
      client_id: 'c',
      client_secret: 's',
      scope: 'kafka',
    },
  ]) {
    assert.ok(
      connectorConfig.safeParse({ bootstrap_hosts: 'a', authentication }).success,
      JSON.stringify(authentication),
    );
  }
});

test('an unsupported authentication says what to use', () => {
  for (const [authentication, expected] of [
    ['msk_iam', /msk_iam is not supported; use/],
    [{ kerberos_principal: 'p', kerberos_keytab_file: 'f' }, /Kerberos \(GSSAPI\) is not supported; use/],
    [{ type: 'msk_iam_roles_anywhere', region: 'r' }, /Roles Anywhere is not supported; use/],
  ] as const) {
    assert.deepEqual(problems(connectorConfig, { bootstrap_hosts: 'a', authentication }).length, 1);
    assert.match(problems(connectorConfig, { bootstrap_hosts: 'a', authentication })[0] ?? '', expected);
  }
});

const refusedConnectors: readonly (readonly [config: object, expected: RegExp])[] = [
  [{}, /^bootstrap_hosts: /],
  [{ bootstrap_hosts: '' }, /^bootstrap_hosts: .*not an address/],
  [{ bootstrap_hosts: 'a:9092;b' }, /^bootstrap_hosts: `a:9092;b` is not an address; write/],
  [{ bootstrap_hosts: 'a', connect_timeout: 'soon' }, /^connect_timeout: not a duration/],
  [{ bootstrap_hosts: 'a', socket_opts: { tcp_keepalive: '240' } }, /^socket_opts.tcp_keepalive: write none/],
  [{ bootstrap_hosts: 'a', bootstrap_host: 'b' }, /bootstrap_host/],
];

test('a wrong connector is refused with its path', () => {
  for (const [config, expected] of refusedConnectors)
    assert.match(problems(connectorConfig, config).join('\n'), expected);
});

test('an action needs only its topic and has the defaults of EMQX', () => {
  const parameters = sinkParameters.parse({ topic: 't' });

  assert.equal(parameters.message.key.source, '${.clientid}');
  assert.equal(parameters.message.value.source, '${.}');
  assert.equal(parameters.compression, 'no_compression');
  assert.equal(parameters.partition_strategy, 'random');
  assert.equal(parameters.partition_count_refresh_interval, 60_000);
  assert.equal(acksOf(parameters), -1);
  assert.deepEqual(deliveryOf(parameters), {
    maxBatchRecords: 10_000,
    maxBatchBytes: 896 * 1024,
    lingerMs: 0,
    maxInflight: 5,
    pipelined: true,
    queryMode: 'async',
    requestTtlMs: Number.POSITIVE_INFINITY,
  });
});

test('the buffer block of EMQX maps onto ours', () => {
  const delivery = (buffer: object) => deliveryOf(sinkParameters.parse({ topic: 't', buffer }));

  assert.equal(delivery({ mode: 'memory' }).bufferMode, 'memory_only');
  assert.equal(delivery({ mode: 'disk' }).bufferMode, 'durable');
  assert.equal(delivery({ mode: 'hybrid' }).bufferMode, 'volatile_offload');
  assert.equal(delivery({ per_partition_limit: '2GB' }).maxBufferBytes, 2 * 1024 ** 3);
  assert.equal(delivery({ segment_bytes: '10MB' }).segmentBytes, 10 * 1024 ** 2);
});

test('acks = none may have any number of batches in flight', () => {
  assert.equal(
    deliveryOf(sinkParameters.parse({ topic: 't', required_acks: 'none', max_inflight: 50 })).maxInflight,
    50,
  );
  assert.equal(deliveryOf(sinkParameters.parse({ topic: 't', max_inflight: 2 })).maxInflight, 2);
});

const refusedParameters: readonly (readonly [parameters: object, expected: RegExp])[] = [
  [{}, /^topic: /],
  [{ topic: '' }, /^topic: must not be empty/],
  [{ topic: 'a b' }, /^topic: not a topic name/],
  [{ topic: '..' }, /^topic: not a topic name/],
  [
    { partition_strategy: 'key_dispatch', message: { key: '' } },
    /^message.key: must not be empty with partition_strategy/,
  ],
  [{ kafka_headers: 'x-${h}' }, /^kafka_headers: must be exactly one placeholder/],
  [
    { kafka_ext_headers: [{ kafka_ext_header_key: 'k', kafka_ext_header_value: 'a${b}' }] },
    /^kafka_ext_headers.0.kafka_ext_header_value: must be one placeholder/,
  ],
  [{ compression: 'brotli' }, /^compression: /],
  [{ max_inflight: 0 }, /^max_inflight: /],
  [{ partitions_limit: 0 }, /^partitions_limit: /],
];

test('wrong parameters are refused with their path', () => {
  for (const [parameters, expected] of refusedParameters) {
    const complete =
      'topic' in parameters || Object.keys(parameters).length === 0 ? parameters : { topic: 't', ...parameters };
    assert.match(problems(sinkParameters, complete).join('\n'), expected, JSON.stringify(parameters));
  }
});

test('both schemas describe themselves as JSON Schema', () => {
  for (const schema of [connectorConfig, sinkParameters]) {
    assert.equal(z.toJSONSchema(schema, { io: 'input' }).type, 'object');
  }
});

function problems(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
