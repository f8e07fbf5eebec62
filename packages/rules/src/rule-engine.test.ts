import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleConfigError } from './errors.ts';
import type { RuleMetricsView } from './rule/metrics.ts';
import { testEngine } from './testing/engine.ts';
import { TestGate } from './testing/fakes.ts';

/** The counters that are not zero. */
function counters(metrics: RuleMetricsView): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== 0));
}

test('hands what the SQL selects to the action', () => {
  const { rule, publish, action } = testEngine('http:web');
  rule('SELECT clientid, payload.x AS x, topic FROM "t/#" WHERE x > 1', 'http:web');

  publish('t/1', '{"x": 5}');
  publish('t/1', '{"x": 0}');
  publish('other', '{"x": 9}');

  assert.deepEqual(action('http:web').outputs, [{ clientid: 'c1', x: 5, topic: 't/1' }]);
  const { clientId, topic } = action('http:web').origins[0]!;
  assert.deepEqual({ clientId, topic }, { clientId: 'c1', topic: 't/1' });
});

test('counts passed, no result and exceptions, and matched is always their sum', () => {
  const { engine, rule, publish, action, log } = testEngine('http:web');
  rule('SELECT payload.x AS x FROM "t" WHERE payload.x = 1', 'http:web');

  publish('t', '{"x": 1}');
  publish('t', '{"x": 2}');
  publish('t', 'no json');
  action('http:web').listener.settled('success', 1);

  assert.deepEqual(counters(engine.metrics('r1')), {
    matched: 3,
    passed: 1,
    failed: 2,
    'failed.exception': 1,
    'failed.no_result': 1,
    'actions.total': 1,
    'actions.success': 1,
  });
  assert.deepEqual(
    log.lines.map(({ level, message }) => `${level} ${message}`),
    ['warn rule failed'],
  );
});

test('FOREACH fires every action for every element', () => {
  const { engine, rule, publish, action } = testEngine('http:a', 'http:b');
  rule('FOREACH payload.list AS e DO e.v AS v FROM "t"', 'http:a', 'http:b');

  publish('t', '{"list": [{"v": 1}, {"v": 2}, {"v": 3}]}');
  publish('t', '{"list": []}');

  assert.deepEqual(action('http:a').outputs, [{ v: 1 }, { v: 2 }, { v: 3 }]);
  assert.deepEqual(counters(engine.metrics('r1')), {
    matched: 2,
    passed: 1,
    failed: 1,
    'failed.no_result': 1,
    'actions.total': 6,
  });
});

test('a rule runs once for a message that several of its filters match', () => {
  const { engine, rule, publish } = testEngine();
  rule('SELECT * FROM "t/#", "t/+", "t/1"');

  publish('t/1', '');

  assert.equal(engine.metrics('r1').matched, 1);
});

test('an error in one rule leaves the others alone', () => {
  const { engine, publish, action } = testEngine('http:web');
  engine.put('bad', { sql: 'SELECT payload.x + 1 AS y FROM "t"' });
  engine.put('good', { sql: 'SELECT qos FROM "t"', actions: ['http:web'] });

  publish('t', 'no json');

  assert.equal(engine.metrics('bad')['failed.exception'], 1);
  assert.deepEqual(action('http:web').outputs, [{ qos: 0 }]);
});

test('errors of a rule are logged once a minute, with the number held back', () => {
  const { rule, publish, log, clock } = testEngine();
  rule('SELECT payload.x AS x FROM "t"');

  for (let round = 0; round < 5; round += 1) publish('t', 'no json');
  clock.advance(60_000);
  publish('t', 'no json');

  assert.deepEqual(
    log.lines.map(({ fields }) => [fields['rule'], fields['suppressed']]),
    [
      ['r1', 0],
      ['r1', 4],
    ],
  );
});

test('a missing action is discarded until it exists', () => {
  const { engine, rule, publish, remove, log } = testEngine('http:web');
  remove('http:web');
  rule('SELECT * FROM "t"', 'http:web');

  publish('t', '');

  assert.equal(engine.metrics('r1')['actions.discarded'], 1);
  assert.equal(engine.metrics('r1')['actions.total'], 1);
  assert.deepEqual(log.lines[0]?.fields['actions'], ['http:web']);
});

test('older names of action types mean the same action', () => {
  const { rule, publish, action } = testEngine('http:web', 'kafka_producer:k');
  rule('SELECT 1 AS one FROM "t"', 'webhook:web', 'kafka:k');

  publish('t', '');

  assert.deepEqual(action('http:web').outputs, [{ one: 1 }]);
  assert.deepEqual(action('kafka_producer:k').outputs, [{ one: 1 }]);
});

test('the acknowledgement waits for the gates of all actions', () => {
  const { rule, publish, action } = testEngine('http:a', 'http:b');
  rule('SELECT * FROM "t"', 'http:a', 'http:b');
  const first = new TestGate();
  const second = new TestGate();
  action('http:a').gate = first;

  assert.equal(publish('t', ''), first);
  action('http:b').gate = second;
  const both = publish('t', '');
  first.open();
  assert.equal(both?.isOpen, false);
  second.open();

  assert.equal(both?.isOpen, true);
});

test('a disabled rule counts nothing, and enabling starts its counters at zero', () => {
  const { engine, publish } = testEngine();
  const sql = 'SELECT * FROM "t"';
  engine.put('r1', { sql });
  publish('t', '');
  engine.put('r1', { sql, enable: false });
  publish('t', '');
  assert.equal(engine.metrics('r1').matched, 0);
  engine.put('r1', { sql, enable: true });
  publish('t', '');

  assert.equal(engine.metrics('r1').matched, 1);
});

test('a bad rule is refused and the old one stays', () => {
  const { engine, publish } = testEngine();
  engine.put('r1', { sql: 'SELECT * FROM "t"' });

  assert.throws(() => engine.put('r1', { sql: 'SELECT FROM "t"' }), /line 1/);
  assert.throws(() => engine.put('r1', { sql: 'SELECT * FROM "t"', actions: ['nonsense'] }), RuleConfigError);
  publish('t', '');

  assert.equal(engine.metrics('r1').matched, 1);
});

test('rules run in the order in which they were added, also after an edit', () => {
  const { engine, publish, log } = testEngine();
  const actions = [{ function: 'console' }] as const;
  engine.put('first', { sql: 'SELECT 1 AS n FROM "t"', actions });
  engine.put('second', { sql: 'SELECT 2 AS n FROM "#"', actions });
  engine.put('first', { sql: 'SELECT 3 AS n FROM "t"', actions });

  publish('t', '');

  assert.deepEqual(
    log.lines.map(({ fields }) => fields['rule']),
    ['first', 'second'],
  );
});

test('system messages are ignored until the setting says otherwise', () => {
  const { engine, rule, publish } = testEngine();
  rule('SELECT * FROM "$SYS/#"');

  publish('$SYS/brokers', '');
  assert.equal(engine.metrics('r1').matched, 0);
  engine.configure({ ignoreSysMessage: false });
  publish('$SYS/brokers', '');

  assert.equal(engine.metrics('r1').matched, 1);
});

test('topics that no rule matches get no handler', () => {
  const { broker, rule } = testEngine();
  rule('SELECT * FROM "t/1"');

  assert.equal(broker.topicHooks[0]?.('t/2'), undefined);
  assert.notEqual(broker.topicHooks[0]?.('t/1'), undefined);
});

test('the payload is decoded once for all rules of a message', () => {
  const { engine, publish, action } = testEngine('http:web');
  for (const id of ['a', 'b', 'c']) {
    engine.put(id, { sql: 'SELECT payload.deep AS deep FROM "t"', actions: ['http:web'] });
  }

  publish('t', '{"deep": {"x": 1}}');

  const [first, second, third] = action('http:web').outputs.map(({ deep }) => deep);
  assert.equal(first, second);
  assert.equal(second, third);
});

test('removing a rule ends it', () => {
  const { engine, rule, publish, broker } = testEngine();
  rule('SELECT * FROM "t"');

  assert.equal(engine.remove('r1'), true);
  assert.equal(engine.remove('r1'), false);
  publish('t', '');

  assert.deepEqual(engine.list(), []);
  assert.equal(broker.topicHooks[0]?.('t'), undefined);
});

test('matched.rate is sampled every ten seconds', () => {
  const { engine, rule, publish, clock } = testEngine();
  rule('SELECT * FROM "t"');
  for (let round = 0; round < 20; round += 1) publish('t', '');

  clock.advance(10_000);

  assert.equal(engine.metrics('r1')['matched.rate'], 2);
});

test('an action that throws counts as failed and the others still run', () => {
  const { engine, publish, action } = testEngine('http:web');
  engine.put('r1', {
    sql: 'SELECT 7 AS qos FROM "t"',
    actions: [{ function: 'republish', args: { topic: 'x' } }, 'http:web'],
  });

  publish('t', '');

  assert.equal(engine.metrics('r1')['actions.failed.unknown'], 1);
  assert.equal(action('http:web').outputs.length, 1);
});

test('local topics hand whole messages to their action, without a rule and outside $SYS', () => {
  const { engine, publish, action } = testEngine('http:web');
  engine.setLocalTopic('http:web', 'local/#');
  engine.configure({ ignoreSysMessage: false });

  publish('local/1', 'hello');
  publish('$SYS/x', '');
  engine.setLocalTopic('http:web', undefined);
  publish('local/1', '');

  const [output, ...others] = action('http:web').outputs;
  assert.equal(others.length, 0);
  assert.equal(output?.['topic'], 'local/1');
  assert.deepEqual(output?.['payload'], Buffer.from('hello'));
});

test('tells which rules use an action', () => {
  const { engine } = testEngine();
  engine.put('a', { sql: 'SELECT * FROM "t"', actions: ['webhook:web'] });
  engine.put('b', { sql: 'SELECT * FROM "t"', actions: ['http:other'] });

  assert.deepEqual(engine.rulesUsing('http:web'), ['a']);
});

test('after close nothing starts any more', () => {
  const { engine, rule, broker } = testEngine();
  rule('SELECT * FROM "$events/client/connected"');

  engine.close();

  assert.deepEqual(broker.topicHooks, []);
  assert.equal(broker.registered('clientConnected'), 0);
});
