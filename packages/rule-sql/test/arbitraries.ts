import * as fc from 'fast-check';
import type { Argument, Condition, Expression, Field, Path, SelectStatement, Step } from '../src/syntax/ast.ts';

const AT = { line: 1, column: 1 };

/** Names that meet each other: columns of the input, aliases, and some that are neither. */
const name = fc.constantFrom(
  'a',
  'b',
  'c',
  'o',
  'list',
  'text',
  'payload',
  'missing',
  'x y',
  'from',
  'value',
  '__proto__',
);

const literal: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), value: fc.constantFrom('', 'x', '2', "it''s", 'a "b"') }),
  fc.record({ kind: fc.constant('integer' as const), value: fc.oneof(fc.nat(5), fc.constant(2n ** 70n)) }),
  fc.record({ kind: fc.constant('float' as const), value: fc.constantFrom(0, 1, 0.5, 1e300, 1e-7) }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('range' as const), first: fc.nat(3), last: fc.nat(3) }),
);

/** Columns for these statements. */
export const columns = fc.record(
  {
    a: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('x', '2', true, null)),
    b: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(0.5)),
    o: fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }) }),
    list: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    text: fc.constantFrom('{"a":1,"b":[1,2]}', '[1,2]', 'no json', '2'),
    payload: fc.constantFrom('{"a":1,"b":{"a":2},"list":[3,4],"o":"{\\"a\\":7}"}', '[1,{"a":2}]', '5', 'no json'),
  },
  { requiredKeys: [] },
);

function fieldOf(): fc.Arbitrary<Field> {
  const value = fc.record({
    kind: fc.constant('value' as const),
    value: argumentOf(),
    alias: fc.option(pathOf(), { nil: undefined }),
  });
  return fc.oneof({ weight: 1, arbitrary: fc.constant({ kind: 'all' as const }) }, { weight: 9, arbitrary: value });
}

function pathOf(): fc.Arbitrary<Path> {
  return fc.letrec<{ path: Path; step: Step }>((tie) => ({
    path: fc.record({
      kind: fc.constant('path' as const),
      head: name,
      isQuoted: fc.constant(true),
      steps: fc.array(tie('step'), { maxLength: 3, depthIdentifier: 'path' }),
      at: fc.constant(AT),
    }),
    step: fc.oneof(
      { maxDepth: 2 },
      fc.record({ kind: fc.constant('key' as const), name }),
      fc.record({ kind: fc.constant('index' as const), index: fc.constantFrom(-2, -1, -0, 0, 1, 2, 9) }),
      fc.record({ kind: fc.constant('variable' as const), path: tie('path') }),
    ),
  })).path;
}

function expressionOf(depth = 0): fc.Arbitrary<Expression> {
  const path = pathOf();
  if (depth >= 3) return fc.oneof(literal, path);
  const inner = expressionOf(depth + 1);
  return fc.oneof(
    { weight: 6, arbitrary: literal },
    { weight: 8, arbitrary: path },
    fc.record({ kind: fc.constant('array' as const), items: fc.array(inner, { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('slice' as const),
      path,
      range: fc.record({
        kind: fc.constant('range' as const),
        first: fc.integer({ min: -2, max: 3 }),
        last: fc.integer({ min: -2, max: 3 }),
      }),
    }),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('+' as const, '-' as const),
      operand: inner,
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom('+', '+', '+', '+', '-', '*', '/', 'div', 'mod'),
      left: inner,
      right: inner,
    }),
    callOf(inner),
  );
}

function callOf(inner: fc.Arbitrary<Argument>): fc.Arbitrary<Expression> {
  const one = fc.constantFrom('str', 'str', 'is_null', 'is_int', 'json_encode', 'json_decode', 'length', 'map_keys');
  const two = fc.constantFrom('concat', 'concat', 'coalesce', 'eq', 'map_get', 'nth', 'mod');
  const call = (called: string, args: Argument[]): Expression => ({
    kind: 'call',
    module: undefined,
    name: called,
    args,
    at: AT,
  });
  return fc.oneof(
    fc.tuple(one, inner).map(([called, argument]) => call(called, [argument])),
    fc.tuple(two, inner, inner).map(([called, ...args]) => call(called, args)),
  );
}

function comparison(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Argument> {
  return fc.record({
    kind: fc.constant('comparison' as const),
    operator: fc.constantFrom('=', '!=', '<>', '<', '>', '<=', '>=', '=', '!=', '<>', '<', '>', '<=', '>=', '=~'),
    left: inner,
    right: inner,
  });
}

function argumentOf(): fc.Arbitrary<Argument> {
  const inner = expressionOf(1);
  const value = fc.oneof(inner, comparison(inner)) as fc.Arbitrary<Expression>;
  const otherwise = fc.option(value, { nil: undefined });
  const searched = fc.record({
    kind: fc.constant('case' as const),
    subject: fc.constant(undefined),
    branches: fc.array(fc.record({ when: conditionOf(1), value }), { minLength: 1, maxLength: 2 }),
    otherwise,
  });
  const simple = fc.record({
    kind: fc.constant('case' as const),
    subject: inner,
    branches: fc.array(fc.record({ when: inner, value }), { minLength: 1, maxLength: 2 }),
    otherwise,
  });
  return fc.oneof({ weight: 5, arbitrary: inner }, comparison(inner), searched, simple);
}

function conditionOf(depth = 0): fc.Arbitrary<Condition> {
  const inner = expressionOf(1);
  const membership = fc.record({
    kind: fc.constant('in' as const),
    isNegated: fc.boolean(),
    value: inner,
    items: fc.array(inner, { minLength: 1, maxLength: 3 }),
  });
  if (depth >= 3) return fc.oneof(comparison(inner), membership);
  const condition = conditionOf(depth + 1);
  return fc.oneof(
    comparison(inner),
    membership,
    inner,
    fc.record({ kind: fc.constant('not' as const), operand: condition }),
    fc.record({
      kind: fc.constant('logic' as const),
      operator: fc.constantFrom('AND', 'OR'),
      left: condition,
      right: condition,
    }),
  );
}

/** Statements that print and parse, and whose parts often meet the columns of {@link columns}. */
export const statements: fc.Arbitrary<SelectStatement> = fc.record({
  kind: fc.constant('select' as const),
  fields: fc.array(fieldOf(), { minLength: 1, maxLength: 5 }),
  from: fc.array(fc.constantFrom('t/#', 'a b', "it's"), { minLength: 1, maxLength: 2 }),
  where: fc.option(conditionOf(), { nil: undefined }),
});
