import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ConfigChange, ConfigNotFoundError, ConfigOverriddenError, ConfigValidationError } from '../src/index.ts';
import { loadFrom, temporaryFolder } from './fixtures.ts';

const text = `connectors.stream.c1 { hosts = "h:1", password = hunter2, headers { authorization = "Bearer x", other = y } }
actions.stream.a1 { connector = c1, parameters { topic = t } }
rule_engine.rules.r1 { sql = "SELECT 1 FROM \\"t\\"" }
mqtt { max_inflight = 64, max_topic_levels = 5 }
`;

const stored = (folder: string) =>
  readFileSync(join(folder, 'configs', 'cluster.hocon'), 'utf8').replace(/^#.*\n\n/, '');

test('what was changed survives a restart, and only that is stored', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  await config.update('mqtt', { max_inflight: 65, idle_timeout: '20s' }, { merge: true });
  await config.update('rule_engine.rules.r2', { sql: 'SELECT 2 FROM "t"', enable: false });

  assert.equal(
    stored(folder),
    'mqtt {\n  max_inflight = 65\n  idle_timeout = "20s"\n}\nrule_engine.rules.r2 {\n  sql = "SELECT 2 FROM \\"t\\""\n  enable = false\n}\n',
  );
  const again = loadFrom(folder, text);
  assert.equal(again.get('mqtt').idle_timeout, 20_000);
  assert.equal(again.get('mqtt').max_topic_levels, 5);
  assert.deepEqual(Object.keys(again.get('rule_engine').rules), ['r1', 'r2']);
});

test('a setting that goes back to what the file says is no longer stored', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  await config.update('mqtt', { max_inflight: 65 }, { merge: true });
  await config.update('mqtt', { max_inflight: 64 }, { merge: true });

  assert.equal(stored(folder), '');
  assert.equal(config.get('mqtt').max_inflight, 64);
});

test('a replaced object loses what the file gave it, also after a restart', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  await config.update('connectors.stream.c1', { hosts: 'h:2' });

  assert.equal(config.get('connectors.stream.c1.headers'), undefined);
  const again = loadFrom(folder, text);
  assert.equal(again.get('connectors.stream.c1.headers'), undefined);
  assert.equal(again.raw('connectors.stream.c1.hosts'), 'h:2');
});

test('removing what a file defines leaves a tombstone, removing the rest leaves nothing', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);
  await config.update('rule_engine.rules.r2', { sql: 'SELECT 2 FROM "t"' });

  await config.remove('rule_engine.rules.r2');
  await config.remove('rule_engine.rules.r1');

  assert.equal(stored(folder), 'rule_engine.rules {\n  r1 = null\n}\n');
  assert.deepEqual(loadFrom(folder, text).get('rule_engine').rules, {});
  await assert.rejects(config.remove('rule_engine.rules.r1'), ConfigNotFoundError);
  await assert.rejects(config.update('rule_engine.rules.r1.enable', true), ConfigNotFoundError);
  await config.update('rule_engine.rules.r1', { sql: 'SELECT 3 FROM "t"' });
  assert.equal(loadFrom(folder, text).get('rule_engine').rules['r1']?.sql, 'SELECT 3 FROM "t"');
});

test('masked secrets keep what is stored', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);
  const shown = config.masked('connectors.stream.c1') as Record<string, unknown>;
  assert.equal(shown['password'], '******');
  assert.deepEqual(shown['headers'], { authorization: '******', other: 'y' });

  await config.update('connectors.stream.c1', { ...shown, pool_size: 4 });

  assert.equal(config.get('connectors.stream.c1.password'), 'hunter2');
  assert.equal(config.get('connectors.stream.c1.headers.authorization'), 'Bearer x');
  assert.equal(config.get('connectors.stream.c1.pool_size'), 4);
  assert.doesNotMatch(config.dump(), /hunter2|Bearer/);
});

test('a mask that hides nothing is refused', async (t) => {
  const config = loadFrom(temporaryFolder(t), text);
  await assert.rejects(config.update('connectors.stream.new', { hosts: 'h', password: '******' }), (error) => {
    assert.ok(error instanceof ConfigValidationError);
    assert.equal(error.path, 'root.password');
    return true;
  });
});

test('references to secret files are shown', async (t) => {
  const config = loadFrom(temporaryFolder(t), 'connectors.stream.c1 { hosts = h, password = "file:///run/secret" }');
  assert.equal(config.masked('connectors.stream.c1.password'), 'file:///run/secret');
});

test('a wrong value is refused with its path below the value, and nothing changes', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  await assert.rejects(config.update('mqtt', { max_qos_allowed: 9, nothing: 1 }, { merge: true }), (error) => {
    assert.ok(error instanceof ConfigValidationError);
    assert.deepEqual(error.toJSON(), {
      kind: 'validation_error',
      path: 'root.max_qos_allowed',
      reason: 'must be at most 2',
      value: 9,
    });
    assert.deepEqual(
      error.errors.map(({ path }) => path),
      ['root.max_qos_allowed', 'root.nothing'],
    );
    return true;
  });
  await assert.rejects(config.update('mqtt.nothing', 1), /unknown/);
  await assert.rejects(
    config.update('actions.stream.a2', { connector: 'x', parameters: { topic: 't' } }),
    /there is no connector/,
  );
  await assert.rejects(config.remove('connectors.stream.c1'), /actions\.stream\.a1\.connector/);
  await assert.rejects(config.update('listeners.tcp.default', { bind: '0.0.0.0:1883' }), /would let anyone/);

  assert.equal(config.get('mqtt').max_qos_allowed, 2);
  assert.deepEqual(readdirSync(folder), ['a.conf']);
});

test('what a variable or --set decides cannot be changed, and is not stored', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text, {
    env: { EMQX_MQTT__MAX_INFLIGHT: '7' },
    set: ['rule_engine.rules.r1.enable=false'],
  });

  await assert.rejects(config.update('mqtt.max_inflight', 8), (error) => {
    assert.ok(error instanceof ConfigOverriddenError);
    assert.match(error.message, /^mqtt\.max_inflight is decided by EMQX_MQTT__MAX_INFLIGHT; change it there/);
    return true;
  });
  await assert.rejects(config.update('mqtt', { max_inflight: 8 }), ConfigOverriddenError);
  await assert.rejects(config.remove('rule_engine.rules.r1'), ConfigOverriddenError);
  await config.update('mqtt', { ...(config.raw('mqtt') as object), max_topic_levels: 6 });

  assert.equal(stored(folder), 'mqtt {\n  max_topic_levels = 6\n}\n');
  assert.equal(config.decidedBy('mqtt.max_inflight'), 'EMQX_MQTT__MAX_INFLIGHT');
  assert.equal(config.decidedBy('mqtt.max_topic_levels'), undefined);
});

test('handlers hear of each concrete change with parsed values', async (t) => {
  const config = loadFrom(temporaryFolder(t), text);
  const heard: ConfigChange[] = [];
  config.onChange('rule_engine.rules.*', (change) => void heard.push(change));
  config.onChange('mqtt', (change) => void heard.push(change));
  const stop = config.onChange('connectors.*.*', (change) => void heard.push(change));

  await config.update('rule_engine.rules.r2', { sql: 'SELECT 2 FROM "t"' });
  await config.update('rule_engine.rules.r2', { sql: 'SELECT 2 FROM "t"' });
  await config.update('rule_engine', { rules: { r2: { sql: 'SELECT 3 FROM "t"' } } });
  await config.update('mqtt.idle_timeout', '1m');
  stop();
  await config.update('connectors.stream.c1.pool_size', 3);

  assert.deepEqual(
    heard.map(({ path }) => path),
    ['rule_engine.rules.r2', 'rule_engine.rules.r1', 'rule_engine.rules.r2', 'mqtt'],
  );
  assert.equal(heard[0]?.before, undefined);
  assert.deepEqual(heard[0]?.after, { sql: 'SELECT 2 FROM "t"', actions: [], enable: true, description: '' });
  assert.equal(heard[1]?.after, undefined);
  assert.equal(config.get('mqtt').idle_timeout, 60_000);
});

test('a handler that refuses undoes those before it, and nothing is stored', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);
  const applied: unknown[] = [];
  config.onChange('mqtt', ({ after }) => void applied.push((after as { max_inflight: number }).max_inflight));
  config.onChange('mqtt', () => Promise.reject(new Error('the port is in use')));

  await assert.rejects(config.update('mqtt.max_inflight', 9), /the port is in use/);

  assert.deepEqual(applied, [9, 64]);
  assert.equal(config.get('mqtt').max_inflight, 64);
  assert.deepEqual(readdirSync(folder), ['a.conf']);
});

test('a change that cannot be stored is undone', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);
  mkdirSync(join(folder, 'configs', 'cluster.hocon.tmp'), { recursive: true });
  const applied: unknown[] = [];
  config.onChange('mqtt', ({ after }) => void applied.push((after as { max_inflight: number }).max_inflight));

  await assert.rejects(config.update('mqtt.max_inflight', 9));

  assert.deepEqual(applied, [9, 64]);
  assert.equal(config.get('mqtt').max_inflight, 64);
});

test('changes run one after the other, and a failed one does not stop the next', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);
  const steps: string[] = [];
  config.onChange('rule_engine.rules.*', async ({ path }) => {
    steps.push(`begin ${path}`);
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(`end ${path}`);
  });

  await Promise.allSettled([
    config.update('rule_engine.rules.a', { sql: 'SELECT 1 FROM "t"' }),
    config.update('rule_engine.rules.bad', {}),
    config.update('rule_engine.rules.b', { sql: 'SELECT 1 FROM "t"' }),
  ]);

  assert.deepEqual(steps, [
    'begin rule_engine.rules.a',
    'end rule_engine.rules.a',
    'begin rule_engine.rules.b',
    'end rule_engine.rules.b',
  ]);
  assert.deepEqual(Object.keys(loadFrom(folder, text).get('rule_engine').rules), ['r1', 'a', 'b']);
});

test('the last ten old files are kept, readable by the owner alone', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  for (let value = 1; value <= 14; value++) {
    await config.update('mqtt.max_inflight', value);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  const names = readdirSync(join(folder, 'configs'));
  assert.equal(names.filter((name) => name.endsWith('.bak')).length, 10);
  assert.deepEqual(
    names.filter((name) => !name.endsWith('.bak')),
    ['cluster.hocon'],
  );
  assert.equal(statSync(join(folder, 'configs', 'cluster.hocon')).mode & 0o777, 0o600);
});

test('raw values are the user’s own, with defaults in the form that users write', (t) => {
  const config = loadFrom(temporaryFolder(t), 'mqtt { idle_timeout = 15000ms }');

  const mqtt = config.raw('mqtt') as Record<string, unknown>;
  assert.equal(mqtt['idle_timeout'], '15000ms');
  assert.equal(mqtt['max_packet_size'], '1MB');
  assert.equal(mqtt['max_subscriptions'], 'infinity');
  assert.equal(config.raw('connectors.stream.absent'), undefined);
  assert.equal(config.raw('nothing.here'), undefined);
});

test('the dump reads as the same configuration', (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, text);

  const again = loadFrom(folder, config.dump());

  assert.equal(again.dump(), config.dump());
  assert.deepEqual(again.warnings, []);
});

test('parse checks without changing', (t) => {
  const config = loadFrom(temporaryFolder(t), text);

  const parsed = config.parse('connectors.stream.c1', { hosts: 'h:9', password: '******' }) as Record<string, unknown>;

  assert.equal(parsed['password'], 'hunter2');
  assert.equal(config.get('connectors.stream.c1.hosts'), 'h:1');
  assert.throws(() => config.parse('connectors.stream.probe', { host: 'x' }), /did you mean "hosts"/);
});
