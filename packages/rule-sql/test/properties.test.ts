import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringifyJson } from '@millrace/values';
import * as fc from 'fast-check';
import { compile, EvaluationError, inputOf, parse, print, type RuleOutput, SqlError } from '../src/index.ts';
import type { Field } from '../src/syntax/ast.ts';
import { columns, statements } from './arbitraries.ts';
import { failed, interpret } from './naive.ts';

const RUNS = { numRuns: 1000 };

void test('what is printed parses as the same statement', () => {
  fc.assert(
    fc.property(statements, (statement) => {
      const printed = print(statement);
      const again = parse(printed);
      assert.equal(print(again), printed);
      assert.deepEqual(withoutPlaces(again), withoutPlaces(parse(print(again))));
    }),
    RUNS,
  );
});

/** Places differ between texts; -0 must not, so JSON will not do. */
function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'at')
      .map(([key, value]) => [key, withoutPlaces(value)]),
  );
}

void test('closures give what walking the tree gives', () => {
  let results = 0;
  fc.assert(
    fc.property(statements, columns, (generated, input) => {
      const statement = parse(print(generated));
      // How text under `payload` is extended is a matter of its own, which golden cases cover.
      fc.pre(!generated.fields.some(writesBelowPayload));
      assert.equal(statement.kind, 'select');
      const expected = interpret(statement, input);
      if (expected !== failed) results += 1;
      assert.deepEqual(run(statement, input), expected === failed ? 'failed' : expected, print(statement));
    }),
    RUNS,
  );
  assert.ok(results > 50, `only ${results} statements gave a result`);
});

function writesBelowPayload(field: Field): boolean {
  const path = field.kind === 'value' ? (field.alias ?? field.value) : undefined;
  return (path?.kind === 'path' || path?.kind === 'slice') && JSON.stringify(path).includes('payload');
}

function run(statement: ReturnType<typeof parse>, input: RuleOutput): unknown {
  try {
    return compile(statement).evaluate(inputOf(input), {});
  } catch (error) {
    assert.ok(error instanceof EvaluationError);
    return 'failed';
  }
}

void test('no text makes the parser fail in another way than with its own error', () => {
  const word = fc.constantFrom(
    ...'SELECT FROM WHERE FOREACH DO INCASE AS AND OR NOT IN CASE WHEN THEN ELSE END'.split(' '),
  );
  const scrap = fc.constantFrom(
    'a',
    '"t"',
    "'s'",
    '1',
    '1.5',
    '[1..2]',
    '(',
    ')',
    '[',
    ']',
    ',',
    '.',
    '*',
    '-',
    '=',
    '<>',
    '--',
    '\n',
    '\n/',
    "'",
    '"',
  );
  const salad = fc.array(fc.oneof(word, scrap, fc.string()), { maxLength: 30 }).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.oneof(salad, fc.string({ unit: 'binary' })), (sql) => {
      try {
        print(parse(sql));
      } catch (error) {
        assert.ok(error instanceof SqlError, String(error));
      }
    }),
    RUNS,
  );
});

void test('deep and large payloads end in a result or in an error of the rule', () => {
  const rule = compile(parse('SELECT payload.a.a.a AS x, payload AS p FROM "t" WHERE payload.a = payload.b'));
  const payloads = [
    '['.repeat(1_000_000),
    '{"a":'.repeat(200_000),
    `{"a":${'['.repeat(500)}${']'.repeat(500)},"b":${'['.repeat(500)}${']'.repeat(500)}}`,
    `{"a":[${'1,'.repeat(300_000)}1]}`,
    `{"a":"${'\\u0000'.repeat(100_000)}"}`,
    `{"a":${'9'.repeat(1_000_000)}}`,
    `{"a":"${'\\"'.repeat(400_000)}`,
  ];
  for (const payload of payloads) {
    const outcome = outcomeOf(() => rule.evaluate(inputOf({ payload }), {}));
    assert.ok(outcome === undefined || typeof outcome === 'object');
  }
});

function outcomeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof EvaluationError || error instanceof SqlError, String(error));
    return error;
  }
}

void test('an output cannot grow beyond all bounds', () => {
  const doublings = Array.from({ length: 40 }, (_, index) => `a${index}`);
  const strings = doublings.map(
    (name, index) =>
      `concat(${index === 0 ? "'x'" : doublings[index - 1]}, ${index === 0 ? "'x'" : doublings[index - 1]}) AS ${name}`,
  );
  const arrays = doublings.map(
    (name, index) => `[${index === 0 ? '1, 1' : `${doublings[index - 1]}, ${doublings[index - 1]}`}] AS ${name}`,
  );

  for (const fields of [strings, arrays]) {
    const rule = compile(parse(`SELECT ${fields.join(', ')} FROM "t"`));
    const outcome = outcomeOf(() => stringifyJson(rule.evaluate(inputOf({}), {})));
    assert.ok(outcome instanceof EvaluationError);
  }
});

void test('long statements of every kind are read or refused at once', () => {
  const repeat = (text: string): string => text.repeat(Math.floor(100_000 / text.length));
  const texts = [
    repeat('-'),
    repeat("'"),
    repeat('"'),
    repeat('\n/'),
    repeat('['),
    repeat('1'),
    `SELECT ${repeat('a.b, ')}c FROM "t"`,
    `SELECT ${repeat('1 AS a, ')}c FROM "t"`,
    `SELECT f(${repeat('a,')}b) FROM "t"`,
    `SELECT ${repeat("'''', ")}c FROM "t"`,
    `SELECT a -- ${repeat('-')}\n FROM "t"`,
    `SELECT a FROM "t" WHERE a IN (${repeat('1,')}1)`,
    `SELECT ${repeat('[x] AS x, ')}x FROM "t"`,
  ];
  for (const sql of texts) {
    const started = performance.now();
    outcomeOf(() => compile(parse(sql)).evaluate(inputOf({}), {}));
    // Quadratic work on a text of this size would take many minutes.
    assert.ok(performance.now() - started < 20_000, sql.slice(0, 20));
  }
});
