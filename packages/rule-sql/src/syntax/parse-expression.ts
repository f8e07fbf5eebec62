import { integerOf } from '@millrace/values';
import {
  type Argument,
  type ArithmeticOperator,
  type Case,
  type CaseValue,
  type Comparison,
  type ComparisonOperator,
  type Condition,
  type Expression,
  isExpression,
  type Membership,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { isPathStart, parsePath, parseRange } from './parse-path.ts';

/**
 * Where an expression stands decides what its parentheses may hold: `field` and `plain` only expressions, `argument`
 * also comparisons, `condition` any condition. CASE is possible in `field` and `argument`.
 */
type Place = 'plain' | 'field' | 'argument' | 'condition';

const COMPARISONS = ['=', '!=', '<>', '<', '>', '<=', '>=', '=~', '~='] as const satisfies ComparisonOperator[];
const SUMS = ['+', '-'] as const satisfies ArithmeticOperator[];
const PRODUCTS = ['*', '/', 'div', 'mod'] as const satisfies ArithmeticOperator[];
/** Reading more digits than this into an integer would take long. */
const MAX_DIGITS = 4096;

/** Reads the value of a field. */
export function parseFieldValue(cursor: Cursor): Argument {
  return comparable(cursor, 'field');
}

/** Reads what stands in WHERE, INCASE and after WHEN. */
export function parseCondition(cursor: Cursor): Condition {
  let left = conjunction(cursor);
  while (cursor.acceptKeyword('OR')) {
    cursor.countOperator();
    left = { kind: 'logic', operator: 'OR', left, right: conjunction(cursor) };
  }
  return left;
}

function conjunction(cursor: Cursor): Condition {
  let left = negation(cursor);
  while (cursor.acceptKeyword('AND')) {
    cursor.countOperator();
    left = { kind: 'logic', operator: 'AND', left, right: negation(cursor) };
  }
  return left;
}

function negation(cursor: Cursor): Condition {
  if (!cursor.acceptKeyword('NOT')) return predicate(cursor);
  return { kind: 'not', operand: cursor.nested(() => negation(cursor)) };
}

function predicate(cursor: Cursor): Condition {
  const left = sum(cursor, 'condition');
  if (cursor.isKeyword('IN') || (cursor.isKeyword('NOT') && cursor.following.text === 'IN')) {
    return membership(cursor, operand(cursor, left));
  }
  return isAtComparison(cursor) ? comparison(cursor, operand(cursor, left), 'condition') : left;
}

function membership(cursor: Cursor, value: Expression): Membership {
  const isNegated = cursor.acceptKeyword('NOT');
  cursor.expectKeyword('IN');
  cursor.expectMark('(');
  const items = cursor.list(() => operand(cursor, sum(cursor, 'plain')));
  cursor.expectMark(')');
  return { kind: 'in', isNegated, value, items };
}

/** Reads an expression, a comparison or, where the place allows, a CASE. */
function comparable(cursor: Cursor, place: 'plain' | 'field' | 'argument'): Argument {
  const left = sum(cursor, place);
  if (isAtComparison(cursor)) return comparison(cursor, operand(cursor, left), place);
  // Outside conditions the grammar has no logic that could come out of parentheses.
  return left as Argument;
}

function isAtComparison(cursor: Cursor): boolean {
  return cursor.isOperator(...COMPARISONS);
}

function comparison(cursor: Cursor, left: Expression, place: Place): Comparison {
  cursor.countOperator();
  const operator = cursor.take().text as ComparisonOperator;
  const right = operand(cursor, sum(cursor, place));
  if (isAtComparison(cursor))
    cursor.fail('the end of the comparison', 'Comparisons cannot be chained: join them with AND');
  return { kind: 'comparison', operator, left, right };
}

function sum(cursor: Cursor, place: Place): Condition {
  return binary(cursor, SUMS, () => binary(cursor, PRODUCTS, () => unary(cursor, place)));
}

function binary(cursor: Cursor, operators: readonly ArithmeticOperator[], next: () => Condition): Condition {
  let left = next();
  while (cursor.isOperator(...operators)) {
    const leftOperand = operand(cursor, left);
    cursor.countOperator();
    const operator = cursor.take().text as ArithmeticOperator;
    left = { kind: 'binary', operator, left: leftOperand, right: operand(cursor, next()) };
  }
  return left;
}

/** A condition in parentheses and a CASE are values of their own, not operands. */
function operand(cursor: Cursor, node: Condition): Expression {
  if (isExpression(node)) return node;
  return cursor.fail(
    'the end of the field or argument',
    `A ${node.kind === 'case' ? 'CASE' : 'condition'} cannot be an operand`,
  );
}

function unary(cursor: Cursor, place: Place): Condition {
  if (!cursor.isOperator('+', '-')) return primary(cursor, place);
  const operator = cursor.take().text === '-' ? '-' : '+';
  return { kind: 'unary', operator, operand: cursor.nested(() => operand(cursor, unary(cursor, place))) };
}

function primary(cursor: Cursor, place: Place): Condition {
  switch (cursor.token.kind) {
    case 'string':
      return { kind: 'string', value: cursor.take().text };
    case 'integer':
      return integer(cursor);
    case 'float':
      return float(cursor);
    case 'range':
      return parseRange(cursor);
    case 'name':
    case 'quoted':
    case 'operator':
      return pathOrCall(cursor);
    default:
      return enclosed(cursor, place);
  }
}

function integer(cursor: Cursor): Expression {
  if (cursor.token.text.length > MAX_DIGITS) cursor.fail(`at most ${MAX_DIGITS} digits`);
  return { kind: 'integer', value: integerOf(BigInt(cursor.take().text)) };
}

function float(cursor: Cursor): Expression {
  const value = Number(cursor.token.text);
  if (!Number.isFinite(value)) cursor.fail('a number in the range of a float');
  cursor.take();
  return { kind: 'float', value };
}

function enclosed(cursor: Cursor, place: Place): Condition {
  if (cursor.isMark('[')) return array(cursor);
  if (cursor.isMark('(')) return cursor.nested(() => parentheses(cursor, place));
  if (cursor.isKeyword('CASE') && (place === 'field' || place === 'argument')) {
    return cursor.nested(() => caseOf(cursor));
  }
  return cursor.fail('a value');
}

function parentheses(cursor: Cursor, place: Place): Condition {
  cursor.expectMark('(');
  const inner = insideParentheses(cursor, place);
  cursor.expectMark(')');
  return inner;
}

function insideParentheses(cursor: Cursor, place: Place): Condition {
  if (place === 'condition') return parseCondition(cursor);
  return place === 'argument' ? comparable(cursor, place) : sum(cursor, place);
}

function array(cursor: Cursor): Expression {
  cursor.expectMark('[');
  if (cursor.acceptMark(']')) return { kind: 'array', items: [] };
  const items = cursor.nested(() => cursor.list(() => operand(cursor, sum(cursor, 'plain'))));
  cursor.expectMark(']');
  return { kind: 'array', items };
}

function pathOrCall(cursor: Cursor): Expression {
  const at = cursor.position();
  // div and mod are operators and functions.
  if (cursor.isOperator('div', 'mod') && cursor.following.text === '(') {
    return { kind: 'call', module: undefined, name: cursor.take().text, args: args(cursor), at };
  }
  if (!isPathStart(cursor)) cursor.fail('a value');
  const path = parsePath(cursor);
  if (cursor.isMark('(')) return call(cursor, path);
  if (cursor.token.kind === 'range') return { kind: 'slice', path, range: parseRange(cursor) };
  if (path.steps.length === 0 && !path.isQuoted && (path.head === 'true' || path.head === 'false')) {
    return { kind: 'boolean', value: path.head === 'true' };
  }
  return path;
}

function call(cursor: Cursor, path: ReturnType<typeof parsePath>): Expression {
  const names = [
    path.head,
    ...path.steps.map((step) => (step.kind === 'key' ? step.name : cursor.fail('a function name'))),
  ];
  const name = names.pop() ?? path.head;
  const module = names.length === 0 ? undefined : names.join('.');
  return { kind: 'call', module, name, args: args(cursor), at: path.at };
}

function args(cursor: Cursor): Argument[] {
  cursor.expectMark('(');
  if (cursor.acceptMark(')')) return [];
  const list = cursor.nested(() => cursor.list(() => comparable(cursor, 'argument')));
  cursor.expectMark(')');
  return list;
}

function caseOf(cursor: Cursor): Case {
  cursor.expectKeyword('CASE');
  const subject = cursor.isKeyword('WHEN') ? undefined : operand(cursor, sum(cursor, 'plain'));
  const branches: { when: Condition; value: CaseValue }[] = [];
  while (cursor.acceptKeyword('WHEN')) {
    const when = subject === undefined ? parseCondition(cursor) : operand(cursor, sum(cursor, 'plain'));
    cursor.expectKeyword('THEN');
    branches.push({ when, value: caseValue(cursor) });
  }
  if (branches.length === 0) cursor.fail('WHEN');
  const otherwise = cursor.acceptKeyword('ELSE') ? caseValue(cursor) : undefined;
  if (!cursor.acceptKeyword('END')) cursor.fail(otherwise === undefined ? 'WHEN, ELSE or END' : 'END');
  return { kind: 'case', subject, branches, otherwise };
}

function caseValue(cursor: Cursor): CaseValue {
  // The place `plain` has no CASE, so what comes back is none.
  return comparable(cursor, 'plain') as CaseValue;
}
