import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '@millrace/values';
import { EvaluationError, SqlError } from '../errors.ts';
import { functionTable } from '../functions/function.ts';
import { type Input, inputOf, type RuleOutput } from '../input.ts';
import { parse } from '../syntax/parse.ts';
import { compile } from './compile.ts';

function rule(sql: string) {
  return compile(parse(sql));
}

/** Columns whose payload must not be decoded. */
function undecodable(columns: RuleOutput): Input {
  return {
    ...inputOf(columns),
    decodedPayload: () => assert.fail('decoded'),
  };
}

void test('passes the bytes of the payload through without decoding them', () => {
  const payload = Buffer.from([0xff, 0x00]);

  for (const sql of [
    'SELECT payload FROM "t"',
    'SELECT * FROM "t" WHERE qos = 1',
    'SELECT payload AS payload FROM "t"',
  ]) {
    const output = rule(sql).evaluate(undecodable({ payload, qos: 1 }), {}) as RuleOutput;
    assert.equal(output['payload'], payload);
  }
});

void test('decodes the payload once for all rules and clauses', () => {
  let decoded = 0;
  const payload = Buffer.from('{"a":1}');
  const input: Input = {
    ...inputOf({ payload }),
    decodedPayload: () => {
      decoded += 1;
      return { a: 1 };
    },
  };

  const output = rule('SELECT payload AS p, p.a AS x, payload.a AS y FROM "t" WHERE payload.a = 1').evaluate(input, {});

  assert.deepEqual(output, { p: payload, x: 1, y: 1 });
  assert.equal(decoded, 3, 'asked for, never decoded by itself');
});

void test('never changes what belongs to the message', () => {
  const columns = deepFrozen({ o: { list: [1, { a: 1 }], k: 'v' }, payload: '{"o":{"x":[1,2]}}' });
  const input = inputOf(columns);
  const payload = deepFrozen(input.decodedPayload());
  const sql =
    'SELECT *, o AS p, 2 AS p.list[2].a, 3 AS p.list[0], 4 AS p.k.deep, json_decode(payload) AS q, 5 AS q.o.x[1], ' +
    'map_put(\'o.x\', 6, payload.o) AS r, 7 AS r.o.y, payload.o.x AS s, 8 AS s[-0] FROM "t"';

  const output = rule(sql).evaluate({ ...input, decodedPayload: () => payload }, {}) as Record<string, Value>;

  assert.deepEqual(output['p'], { list: [3, 1, { a: 2 }], k: { deep: 4 } });
  assert.deepEqual(output['s'], [1, 2, 8]);
  assert.deepEqual(columns.o, { list: [1, { a: 1 }], k: 'v' });
});

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFrozen);
  return value;
}

void test('knows beforehand whether the payload is read', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['SELECT payload FROM "t"', false],
    ['SELECT * FROM "t" WHERE qos = 1', false],
    ['SELECT 1 AS payload.q FROM "t"', false],
    ['SELECT payload.a FROM "t"', true],
    ['SELECT payload[1] AS x FROM "t"', true],
    ['SELECT 1 AS x FROM "t" WHERE payload.a = 1', true],
    ['SELECT upper(payload.a) AS x FROM "t"', true],
    ['SELECT list[payload.n] AS x FROM "t"', true],
    ['SELECT payload(\'a\') AS x FROM "t"', true],
    ['FOREACH payload FROM "t"', true],
    ['FOREACH list DO payload FROM "t"', false],
    ['FOREACH list DO CASE WHEN payload.a = 1 THEN 2 END AS x FROM "t"', true],
  ];
  for (const [sql, reads] of cases) assert.equal(rule(sql).readsPayload, reads, sql);
});

void test('tells its sources and its kind', () => {
  const { from, kind } = rule('SELECT a FROM "t/#", \'$events/client_connected\', name');

  assert.deepEqual(from, ['t/#', '$events/client_connected', 'name']);
  assert.equal(kind, 'select');
  assert.equal(rule('FOREACH a FROM "t"').kind, 'foreach');
});

void test('says which clause failed, in words of its own and of EMQX, and keeps values out of the message', () => {
  const evaluate = (sql: string) => () => rule(sql).evaluate(inputOf({ secret: ['s3cret'], payload: 's3cret' }), {});
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'SELECT upper(secret) AS x FROM "t"',
      '{"select_and_transform_error":{"reason":"bad_sql_function_argument","function_name":"upper","arguments":[["s3cret"]]}}',
      /^SELECT failed: upper: argument 1 must be a string, not an array$/,
    ],
    ['SELECT secret * 2 AS x FROM "t"', '{"select_and_transform_error":"badarith"}', /takes numbers, not an array/],
    [
      'SELECT nope(1) AS x FROM "t"',
      '{"select_and_transform_error":"sql_function_not_supported"}',
      /no function nope with 1/,
    ],
    ['SELECT 1 AS x FROM "t" WHERE payload.x = 1', '{"match_conditions_error":"decode_json_failed"}', /^WHERE failed/],
    ['FOREACH 1 + secret AS e FROM "t"', '{"select_and_collect_error":"badarith"}', /^FOREACH failed/],
  ];
  for (const [sql, emqxMessage, message] of cases) {
    assert.throws(evaluate(sql), (error) => {
      assert.ok(error instanceof EvaluationError);
      assert.equal(error.emqxMessage, emqxMessage);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('s3cret'));
      return true;
    });
  }
});

void test('refuses a path as the name of the FOREACH element', () => {
  assert.throws(() => rule('FOREACH a AS b.c FROM "t"'), SqlError);
});

void test('takes stores, clock and environment from outside', () => {
  const store = new Map<string, Value>();
  const dictionary = new Map<string, Value>();
  const context = { store, environment: { MILLRACEVAR_X: 'x' }, now: () => 1_700_000_000_123_456_789n };
  const sql =
    "SELECT kv_store_put('k', 1) AS a, proc_dict_put('k', 2) AS b, getenv('X') AS x, now_timestamp('nanosecond') AS n, " +
    "format_date('millisecond', 'Z', '%H:%M:%S.%3N') AS f FROM \"t\"";

  const output = rule(sql).evaluate({ ...inputOf({}), dictionary }, context);

  assert.deepEqual(output, { a: true, b: undefined, x: 'x', n: 1_700_000_000_123_456_789n, f: '22:13:20.123' });
  assert.deepEqual([...store.values(), ...dictionary.values()], [1, 2]);
});

void test('uses the functions it is given, and turns what they throw into a failure of the rule', () => {
  const functions = functionTable([
    {
      name: 'twice',
      family: 'example',
      arity: { min: 1, max: 1 },
      signature: 'twice(x)',
      summary: 'Example.',
      examples: [],
      call: ([x]) => (typeof x === 'number' ? x * 2 : assert.fail('no number')),
    },
  ]);
  const twice = (argument: string) =>
    compile(parse(`SELECT twice(${argument}) AS x FROM "t"`), { functions }).evaluate(inputOf({}), {});

  assert.deepEqual(twice('2'), { x: 4 });
  assert.throws(() => twice("'a'"), EvaluationError);
  assert.throws(
    () => compile(parse('SELECT upper(1) AS x FROM "t"'), { functions }).evaluate(inputOf({}), {}),
    EvaluationError,
  );
});
