import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigErrors, ConfigStore } from '@millrace/config';
import { connectorDefinitions } from '../connectors.ts';
import { checkAuthentication, checkRules } from './config-checks.ts';

/** What a user sees for a configuration file with this text. */
function mistakes(text: string): readonly string[] {
  try {
    ConfigStore.load({
      files: ['m.conf'],
      dataDir: 'data',
      env: {},
      set: [],
      definitions: connectorDefinitions,
      checks: [checkRules, checkAuthentication],
      readFile: (file) => (file.endsWith('m.conf') ? text : undefined),
    });
    return [];
  } catch (error) {
    if (error instanceof ConfigErrors) return error.message.split('\n');
    throw error;
  }
}

test('names the place of a mistake in the SQL of a rule', () => {
  const [mistake = ''] = mistakes('rule_engine.rules.a {\n  sql = "SELEC * FROM t"\n}');

  assert.match(
    mistake,
    /m\.conf:2:9 rule_engine\.rules\.a\.sql: line 1, column 1: unexpected 'SELEC', expected SELECT or FOREACH/,
  );
});

test('names the action of a rule that cannot be used', () => {
  const [mistake = ''] = mistakes(
    'rule_engine.rules.a {\n sql = "SELECT * FROM t"\n actions = [{function = republish, args {}}]\n}',
  );

  assert.match(mistake, /m\.conf:3:\d+ rule_engine\.rules\.a\.actions\.1: .*topic/);
});

test('does not start with an authenticator that it would ignore', () => {
  const [mistake = ''] = mistakes('authentication = [{mechanism = password_based, backend = built_in_database}]');

  assert.match(mistake, /authentication\.1: .*would let everyone in/);
});

test('accepts an authenticator that is switched off', () => {
  assert.deepEqual(mistakes('authentication = [{mechanism = jwt, enable = false}]'), []);
});
