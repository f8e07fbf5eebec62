import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ConfigStore } from '../src/index.ts';
import { loadFrom } from './fixtures.ts';

const text = `connectors.stream.c1 { hosts = "h:1", headers { a = x } }
rule_engine { ignore_sys_message = false, rules.r1 { sql = one, actions = ["stream:a1"], description = file } }
mqtt { max_inflight = 64, server_keepalive = 30 }
zones.z1.mqtt.max_inflight = 1
`;

const environment = { EMQX_RULE_ENGINE__RULES__R1__ENABLE: 'false', MILLRACE_MQTT__MAX_QOS_ALLOWED: '1' };

const rule = fc.record(
  { sql: fc.constantFrom('one', 'two'), description: fc.constantFrom('file', 'api') },
  { requiredKeys: ['sql'] },
);
const connector = fc.record(
  {
    hosts: fc.constantFrom('h:1', 'h:2'),
    pool_size: fc.constantFrom(8, 9),
    headers: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y')),
  },
  { requiredKeys: ['hosts'] },
);
const mqtt = fc.record(
  {
    max_inflight: fc.constantFrom(32, 64, 65),
    server_keepalive: fc.constantFrom('disabled', 30),
    max_topic_levels: fc.constantFrom(128, 5),
  },
  { requiredKeys: [] },
);

const change = fc.oneof(
  fc.record({
    path: fc.constantFrom('rule_engine.rules.r1', 'rule_engine.rules.r2'),
    value: fc.option(rule, { nil: undefined }),
  }),
  fc.record({
    path: fc.constantFrom('connectors.stream.c1', 'connectors.stream.c2'),
    value: fc.option(connector, { nil: undefined }),
  }),
  fc.record({ path: fc.constant('connectors.stream'), value: fc.dictionary(fc.constantFrom('c1', 'c2'), connector) }),
  fc.record({
    path: fc.constant('rule_engine'),
    value: fc.record({ rules: fc.dictionary(fc.constantFrom('r1', 'r2'), rule) }),
  }),
  fc.record({ path: fc.constant('mqtt'), value: fc.option(mqtt, { nil: undefined }) }),
  fc.record({ path: fc.constant('zones.z1'), value: fc.option(fc.record({ mqtt }), { nil: undefined }) }),
  fc.record({
    path: fc.constantFrom('connectors.stream.c1.pool_size', 'mqtt.max_topic_levels'),
    value: fc.constantFrom(5, 8, 128),
  }),
);

/** A change that is refused changes nothing, and that too must look the same after a restart. */
async function attempt(config: ConfigStore, path: string, value: unknown): Promise<void> {
  const done = value === undefined ? config.remove(path) : config.update(path, value);
  await done.catch((error: Error) =>
    assert.match(error.name, /^Config(NotFound|Overridden|Validation)Error$/, error.stack),
  );
}

test('after any changes, a restart finds exactly what was in force', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
      try {
        const config = loadFrom(folder, text, { env: environment });
        for (const { path, value } of changes) await attempt(config, path, value);
        const again = loadFrom(folder, text, { env: environment });
        for (const root of ['connectors', 'rule_engine', 'mqtt', 'zones']) {
          assert.deepEqual(again.raw(root), config.raw(root));
          assert.deepEqual(again.get(root), config.get(root));
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 25 },
  );
});
