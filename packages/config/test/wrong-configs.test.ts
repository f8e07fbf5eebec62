import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, type Overrides } from './fixtures.ts';

const connector = 'connectors.stream.c1 { hosts = "h:1" }\n';

interface WrongConfig {
  readonly name: string;
  readonly text: string;
  readonly options?: Overrides;
  /** The whole line that a user reads. */
  readonly says: string;
}

const wrongConfigs: readonly WrongConfig[] = [
  {
    name: 'a bad duration',
    text: 'mqtt {\n  idle_timeout = "15 parsecs"\n}',
    says: 'a.conf:2:18 mqtt.idle_timeout: not a duration; write for instance 15s, 500ms or 1h30m, or infinity (found "15 parsecs")',
  },
  {
    name: 'a misspelt field',
    text: 'mqtt {\n  max_inflght = 5\n}',
    says: 'a.conf:2:3 mqtt.max_inflght: unknown field; did you mean "max_inflight"?',
  },
  {
    name: 'a missing brace',
    text: 'mqtt {\n  max_inflight = 5\n',
    says: 'a.conf:1:6: this `{` is never closed; add the missing `}`',
  },
  {
    name: 'a substitution of nothing',
    text: 'mqtt.max_inflight = ${limits.inflight}',
    says: 'a.conf:1:21: ${limits.inflight} refers to a key that is not set; set `limits.inflight`, write ${?limits.inflight} if it may be absent, or quote the text if it is a template',
  },
  {
    name: 'a missing include',
    text: 'include required("rules.conf")',
    says: 'a.conf:1:1: the included file "rules.conf" does not exist; create it, or write include "rules.conf"',
  },
  {
    name: 'an action on a connector that is not there',
    text: `${connector}actions.stream.a1 {\n  connector = c2\n  parameters { topic = t }\n}`,
    says: 'a.conf:3:15 actions.stream.a1.connector: there is no connector connectors.stream.c2; define it, or write "c1"',
  },
  {
    name: 'an open listener without authentication',
    text: 'listeners.tcp.default.bind = "0.0.0.0:1883"',
    says: 'a.conf:1:30 listeners.tcp.default.bind: would let anyone on the network in: it listens on 0.0.0.0:1883 and no authentication is configured; configure authentication, bind it to 127.0.0.1, or set enable_authn = false to allow anonymous clients',
  },
  {
    name: 'a value of the wrong type',
    text: 'mqtt.retain_available = [1]',
    says: 'a.conf:1:1 mqtt.retain_available: expected true or false, found an array',
  },
  {
    name: 'a rule without SQL',
    text: 'rule_engine.rules.r1 {\n  enable = true\n}',
    says: 'a.conf:1:1 rule_engine.rules.r1.sql: is required and missing; write a text',
  },
  {
    name: 'key_dispatch without a key',
    text: `${connector}actions.stream.a1 {\n  connector = c1\n  kafka { topic = t, partition_strategy = key_dispatch }\n}`,
    says: 'a.conf:4:3 actions.stream.a1.parameters.key: key_dispatch needs a key; set key, e.g. "${.clientid}", or partition_strategy = random',
  },
  {
    name: 'a word that is none of the choices',
    text: 'log.console.level = warn',
    says: 'a.conf:1:21 log.console.level: must be one of "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency", "all", "none", found "warn"; did you mean "warning"?',
  },
  {
    name: 'a misspelt field of one of several alternatives',
    text: 'log.file { main { lvel = debug } }',
    says: 'a.conf:1:19 log.file.main.lvel: unknown field; did you mean "level"?',
  },
  {
    name: 'an unknown root',
    text: 'listener.tcp.default.bind = 1883',
    says: 'a.conf:1:1 listener: unknown root; did you mean "listeners"?',
  },
  {
    name: 'an unknown connector type',
    text: 'connectors.strem.c1 {}',
    says: 'a.conf:1:1 connectors.strem: unknown field; did you mean "stream"?',
  },
  {
    name: 'a name with a dot',
    text: 'connectors.stream."a.b" { hosts = h }',
    says: 'a.conf:1:1 connectors.stream."a.b": is no valid name here: a name starts with a letter or digit and has letters, digits, - and _',
  },
  {
    name: 'a number out of bounds',
    text: 'mqtt.max_qos_allowed = 3',
    says: 'a.conf:1:24 mqtt.max_qos_allowed: must be at most 2',
  },
  {
    name: 'a gap in an array',
    text: 'authentication.2.mechanism = jwt',
    says: 'a.conf:1:1: bad array index 2: the array has 0 elements; use an index from 1 to 1',
  },
  {
    name: 'two listeners at one address',
    text: 'listeners.tcp.other.bind = 1883',
    says: 'a.conf:1:28 listeners.tcp.other.bind: 127.0.0.1:1883 is also the address of listeners.tcp.default; choose another port',
  },
  {
    name: 'a bad variable',
    text: '',
    options: { env: { EMQX_MQTT__MAX_INFLIGHT: 'many' } },
    says: 'EMQX_MQTT__MAX_INFLIGHT: mqtt.max_inflight: not a whole number; write digits, without quotes (found "many")',
  },
  {
    name: 'a bad --set',
    text: '',
    options: { set: ['mqtt.max_inflght=5'] },
    says: '--set mqtt.max_inflght: mqtt.max_inflght: unknown field; did you mean "max_inflight"?',
  },
  {
    name: 'a --set without a value',
    text: '',
    options: { set: ['mqtt'] },
    says: '--set mqtt: not of the form key=value; write for instance --set mqtt.max_inflight=64',
  },
];

for (const { name, text, options, says } of wrongConfigs) {
  test(`says where ${name} is, what is wrong and what to do`, () => {
    assert.deepEqual(complaints(text, options), [says]);
  });
}

test('reports all mistakes at once', () => {
  const text = `mqtt { max_inflight = 0, idle_timeout = soon }
    rule_engine.rules.r1 { sql = "" }
    actions.stream.a1 { connector = nowhere, parameters { topic = t } }
    listeners.tcp.open.bind = "10.0.0.1:1884"
    unknown = 1`;

  const places = complaints(text, { set: ['mqtt.max_qos_allowed=9'] }).map((line) => line.split(' ')[0]);

  const expected = ['--set', 'a.conf:1:23', 'a.conf:1:41', 'a.conf:2:34', 'a.conf:3:37', 'a.conf:4:31', 'a.conf:5:5'];
  assert.deepEqual(new Set(places), new Set(expected));
});

test('never shows a secret', () => {
  const text = 'connectors.stream.c1 { hosts = h, password = ["hunter2"], headers { authorization = ["hunter2"] } }';
  const wrongBeside = 'connectors.stream.c1 { hosts = [], password = hunter2 }';

  for (const line of [...complaints(text), ...complaints(wrongBeside)]) assert.doesNotMatch(line, /hunter2/);
});

test('a file that is not there is named', () => {
  const [line] = complaints('', { readFile: () => undefined });
  assert.match(line ?? '', /^a\.conf: this file does not exist/);
});
