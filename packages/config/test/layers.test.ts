import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigStore } from '../src/index.ts';
import { load, loadFrom, stream, temporaryFolder } from './fixtures.ts';

test('an empty configuration has the defaults and two listeners', () => {
  const config = load('');

  assert.equal(config.get('mqtt').max_packet_size, 1_048_576);
  assert.equal(config.get('mqtt').session_expiry_interval, 7_200_000);
  assert.deepEqual(config.get('listeners').tcp['default']?.bind, { host: '127.0.0.1', port: 1883 });
  assert.deepEqual(config.get('listeners').ws['default']?.bind, { host: '127.0.0.1', port: 8083 });
  assert.deepEqual(config.get('listeners').ssl, {});
  assert.deepEqual(config.get('dashboard').listeners.http.bind, { host: '0.0.0.0', port: 18_083 });
  assert.deepEqual(config.warnings, []);
});

test('each layer wins over those below it', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'configs'));
  writeFileSync(
    join(folder, 'configs', 'cluster.hocon'),
    'mqtt { max_inflight = 2, max_topic_levels = 2, max_topic_alias = 2, max_clientid_len = 102 }',
  );
  const first = join(folder, 'first.conf');
  writeFileSync(first, 'mqtt { max_inflight = 1, max_qos_allowed = 1 }');
  const second = join(folder, 'second.conf');
  writeFileSync(second, 'mqtt { max_awaiting_rel = 11 }');

  const config = ConfigStore.load({
    files: [first, second],
    dataDir: folder,
    env: {
      EMQX_MQTT__MAX_TOPIC_LEVELS: '3',
      EMQX_MQTT__MAX_TOPIC_ALIAS: '3',
      EMQX_MQTT__MAX_CLIENTID_LEN: '103',
      MILLRACE_MQTT__MAX_TOPIC_ALIAS: '4',
      MILLRACE_MQTT__MAX_CLIENTID_LEN: '104',
    },
    set: ['mqtt.max_clientid_len=105'],
    definitions: [stream],
  });
  const mqtt = config.get('mqtt');

  assert.equal(mqtt.max_qos_allowed, 1);
  assert.equal(mqtt.max_awaiting_rel, 11);
  assert.equal(mqtt.max_inflight, 2);
  assert.equal(mqtt.max_topic_levels, 3);
  assert.equal(mqtt.max_topic_alias, 4);
  assert.equal(mqtt.max_clientid_len, 105);
});

test('reports once each value of a file that a stored change hides, with both places', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'configs'));
  const stored = join(folder, 'configs', 'cluster.hocon');
  writeFileSync(stored, 'mqtt.max_inflight = 2\nmqtt.max_topic_levels = 7');

  const { shadowed, warnings } = loadFrom(folder, 'mqtt {\n  max_inflight = 1\n  max_topic_levels = 7\n}');

  assert.equal(shadowed.length, 1);
  assert.match(
    shadowed.join(),
    /a\.conf:2:3 mqtt\.max_inflight: hidden by a change made over the API \(.*cluster\.hocon:1:1\)/,
  );
  assert.deepEqual(warnings, shadowed);
});

test('every value tells where it was written', () => {
  const config = load('mqtt {\n  max_inflight = 5\n}', {
    env: { EMQX_NODE__NAME: 'a@b' },
    set: ['mqtt.max_qos_allowed=1'],
  });

  assert.equal(config.origin('mqtt.max_inflight'), 'a.conf:2:3');
  assert.equal(config.origin('node.name'), 'EMQX_NODE__NAME');
  assert.equal(config.origin('mqtt.max_qos_allowed'), '--set mqtt.max_qos_allowed');
  assert.equal(config.origin('mqtt.max_topic_levels'), undefined);
  assert.equal(config.origin('listeners.tcp.default'), undefined);
});

test('variables take HOCON, or else text', () => {
  const config = load('', {
    env: {
      EMQX_NODE__NAME: 'a@b',
      EMQX_LISTENERS__TCP__DEFAULT__BIND: '127.0.0.1:1999',
      EMQX_AUTHENTICATION__1: '{mechanism = password_based, backend = built_in_database}',
      EMQX_RULE_ENGINE__RULES__R1: '{sql = "SELECT * FROM \\"t/#\\""}',
      EMQX_RULE_ENGINE__RULES__R1__ACTIONS__1: '{function = console}',
      EMQX_MQTT__RESPONSE_INFORMATION: '007',
      EMQX_DASHBOARD__DEFAULT_PASSWORD: '12345678',
    },
  });

  assert.equal(config.get('node').name, 'a@b');
  assert.deepEqual(config.get('listeners').tcp['default']?.bind, { host: '127.0.0.1', port: 1999 });
  assert.deepEqual(config.get('authentication'), [
    { mechanism: 'password_based', backend: 'built_in_database', enable: true },
  ]);
  assert.deepEqual(config.get('rule_engine').rules['r1']?.actions, [{ function: 'console' }]);
  assert.equal(config.get('mqtt').response_information, '007');
  assert.equal(config.get('dashboard').default_password, '12345678');
});

test('unknown variables are ignored, below a known root with a warning', () => {
  const config = load('', {
    env: {
      EMQX_SERVICE_HOST: 'x',
      EMQX_PORT: 'tcp://1',
      EMQX_MQTT__MAX_INFLIHGT: '5',
      MILLRACE_MQTT: '{max_inflight = 6, nothing = 1}',
      EMQX_LISTENER__TCP__A__BIND: '1',
    },
  });

  assert.equal(config.get('mqtt').max_inflight, 6);
  assert.deepEqual(config.warnings.toSorted(), [
    'EMQX_LISTENER__TCP__A__BIND: unknown variable, ignored; did you mean "listeners" for "listener"?',
    'EMQX_MQTT__MAX_INFLIHGT: unknown_env_vars: there is no mqtt.max_inflihgt, ignored; did you mean "max_inflight"?',
    'MILLRACE_MQTT: unknown_env_vars: unknown field "nothing", ignored; remove it, or look its name up in the reference',
  ]);
});

test('variables of container users are understood', () => {
  assert.equal(load('', { env: { EMQX_NAME: 'n', EMQX_HOST: 'h' } }).get('node').name, 'n@h');
  assert.equal(load('', { env: { EMQX_NODE_NAME: 'x@y' } }).get('node').name, 'x@y');
  const log = load('', { env: { EMQX_DEFAULT_LOG_HANDLER: 'file' } }).get('log');
  assert.equal(log.console.enable, false);
});

test('overrides are listed with masked secrets', () => {
  const config = load('', { env: { EMQX_DASHBOARD__DEFAULT_PASSWORD: 'hunter2' }, set: ['node.name=a@b'] });

  assert.deepEqual(config.overrides(), [
    { name: 'EMQX_DASHBOARD__DEFAULT_PASSWORD', path: 'dashboard.default_password', value: '******' },
    { name: '--set node.name', path: 'node.name', value: 'a@b' },
  ]);
});

test('older names are read as today’s, in every layer', () => {
  const text = `connectors.stream.c1.hosts = h
    actions.stream.a1 { connector = c1, kafka { topic = low } }
    retainer.deliver_rate = "5/s"`;
  const config = load(text, { env: { EMQX_ACTIONS__STREAM__A1__KAFKA__TOPIC: 'high' } });

  assert.deepEqual(config.raw('actions.stream.a1.parameters'), {
    topic: 'high',
    partition_strategy: 'random',
    key: '',
  });
  assert.equal(config.get('retainer').delivery_rate, '5/s');
});

test('resource options of EMQX load as written', () => {
  const text = `connectors.stream.c1.hosts = h
    actions.stream {
      a1 { connector = c1, parameters.topic = t, resource_opts { query_mode = "sync" } }
      a2 { connector = c1, parameters.topic = t, resource_opts { batch_size = 100, batch_time = "20ms" } }
      a3 { connector = c1, parameters.topic = t, resource_opts { max_queue_bytes = "100MB", query_mode = "async" } }
    }`;

  assert.deepEqual(load(text).get('actions.stream.a2.resource_opts'), { batch_size: 100, batch_time: 20 });
});

test('a listener that names only a port follows the authentication', () => {
  const bindOf = (text: string) => load(text).get('listeners').tcp['default']?.bind;
  const authentication = 'authentication = [{mechanism = password_based, backend = built_in_database}]\n';

  assert.deepEqual(bindOf('listeners.tcp.default.bind = 0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(bindOf(`${authentication}listeners.tcp.default.bind = ":1999"`), { host: '0.0.0.0', port: 1999 });
  assert.deepEqual(bindOf('listeners.tcp.default { bind = 1999, enable_authn = false }'), {
    host: '0.0.0.0',
    port: 1999,
  });
});

test('any address is allowed with authentication, on loopback, or on the explicit word of the user', () => {
  const open = 'listeners.tcp.default.bind = "0.0.0.0:1883"\n';
  for (const text of [
    `${open}authentication = [{mechanism = jwt}]`,
    `${open}listeners.tcp.default.enable_authn = false`,
    `${open}listeners.tcp.default.enable = false`,
    'listeners.tcp.default.bind = "[::1]:1883"',
    'listeners.tcp.default.bind = "127.0.0.9:1883"',
  ]) {
    assert.ok(load(text), text);
  }
  assert.throws(() => load(`${open}authentication = [{mechanism = jwt, enable = false}]`), /would let anyone/);
});

test('TLS listeners run when they have a certificate', () => {
  const config = load(
    `listeners.ssl.default { bind = 0 }
    listeners.wss.default { bind = 0, ssl_options { certfile = "\${EMQX_ETC_DIR}/c.pem", keyfile = "k.pem" } }`,
    { env: { EMQX_ETC_DIR: '/certs' } },
  );

  assert.equal(config.get('listeners').ssl['default']?.enable, false);
  assert.equal(config.get('listeners').wss['default']?.enable, true);
  assert.equal(config.get('listeners').wss['default']?.ssl_options.certfile, '/certs/c.pem');
  assert.deepEqual(config.warnings, [
    'listeners.ssl.default: stays closed because it has no certificate; set ssl_options.certfile and keyfile',
  ]);
});

test('a single authenticator may stand without brackets', () => {
  const config = load('authentication { mechanism = jwt }', { env: { EMQX_AUTHENTICATION__1__ENABLE: 'false' } });
  assert.deepEqual(config.get('authentication'), [{ mechanism: 'jwt', enable: false }]);
});

test('a removed default listener stays removed', () => {
  assert.deepEqual(load('listeners.ws.default = marked_for_deletion').get('listeners').ws, {});
  assert.deepEqual(load('listeners.ws.default = null').get('listeners').ws, {});
});

test('roots and types without an implementation are kept, dumped and mentioned once', () => {
  const config = load(
    'gateway.stomp { a = 1, password = x }\nbridges.webhook.b { url = u }\nconnectors.oracle.o { server = s }\nrpc.mode = async',
  );

  assert.deepEqual(config.warnings, [
    'a.conf:1:1 gateway: kept, but Millrace does nothing with it',
    'a.conf:2:1 bridges: kept, but Millrace does nothing with it',
    'a.conf:3:1 connectors.oracle: kept, but Millrace has no connector for it',
  ]);
  assert.match(config.dump('gateway'), /password = "\*{6}"/);
  assert.match(config.dump(), /connectors\.oracle\.o \{\n {2}server = "s"/);
  assert.deepEqual(Object.keys(config.get('connectors')), ['stream']);
});

test('a rule may name an action that is not there yet', () => {
  const { warnings } = load('rule_engine.rules.r1 { sql = "SELECT 1 FROM \\"t\\"", actions = ["stream:later"] }');
  assert.match(warnings.join(), /there is no action stream:later yet/);
});

test('the older override files of EMQX count as stored changes', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'configs'));
  writeFileSync(join(folder, 'configs', 'cluster-override.conf'), 'mqtt.max_inflight = 9');

  const config = loadFrom(folder, 'mqtt.max_inflight = 1');

  assert.equal(config.get('mqtt').max_inflight, 9);
  assert.match(config.warnings.join('\n'), /cluster-override\.conf: read as changes made over the API/);
});
