import { floatOf, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import { ARITHMETIC, kindOf, negate } from '../evaluate/arithmetic.ts';
import { compareValues, isSame } from '../evaluate/compare.ts';
import type { Frame } from '../evaluate/frame.ts';
import { integersOf } from '../evaluate/range.ts';
import type { FunctionTable } from '../functions/function.ts';
import type {
  Argument,
  Binary,
  Case,
  Comparison,
  ComparisonOperator,
  Condition,
  Expression,
  Membership,
  Not,
  Unary,
} from '../syntax/ast.ts';
import { compileCall } from './call.ts';
import { compilePath, compileSlice, type Evaluator } from './path.ts';
import type { Scope } from './scope.ts';

/** A condition, compiled. */
export type Test = (frame: Frame) => boolean;

/** What compiling an expression depends on. */
export interface Surroundings {
  readonly scope: Scope;
  readonly functions: FunctionTable;
}

/** Compiles an expression, a comparison or a CASE into a closure. */
export function compileValue(node: Argument, around: Surroundings): Evaluator {
  switch (node.kind) {
    case 'comparison':
      return compileComparison(node, around);
    case 'case':
      return compileCase(node, around);
    default:
      return compileExpression(node, around);
  }
}

function compileExpression(node: Expression, around: Surroundings): Evaluator {
  switch (node.kind) {
    case 'string':
    case 'integer':
    case 'boolean':
      return constant(node.value);
    case 'float':
      return constant(floatOf(node.value));
    case 'range':
      return () => integersOf(node);
    case 'array':
      return compileArray(node.items.map((item) => compileExpression(item, around)));
    case 'path':
      return compilePath(node, around.scope);
    case 'slice':
      return compileSlice(node, around.scope);
    case 'call':
      return compileCall(
        node,
        node.args.map((argument) => compileValue(argument, around)),
        around.functions,
      );
    case 'unary':
      return compileUnary(node, around);
    default:
      return compileBinary(node, around);
  }
}

function constant(value: Value): Evaluator {
  return () => value;
}

function compileArray(items: readonly Evaluator[]): Evaluator {
  return (frame) => items.map((item) => item(frame));
}

function compileUnary(node: Unary, around: Surroundings): Evaluator {
  const operand = compileExpression(node.operand, around);
  if (node.operator === '+') return operand;
  if (node.operand.kind === 'integer') return constant(negate(node.operand.value));
  if (node.operand.kind === 'float') return constant(negate(floatOf(node.operand.value)));
  return (frame) => negate(operand(frame));
}

function compileBinary(node: Binary, around: Surroundings): Evaluator {
  const left = compileExpression(node.left, around);
  const right = compileExpression(node.right, around);
  const operation = ARITHMETIC[node.operator];
  return (frame) => operation(left(frame), right(frame));
}

/** Two numbers, the common case, are compared on the spot. */
function compileComparison({ operator, left, right }: Comparison, around: Surroundings): Test {
  const readLeft = compileExpression(left, around);
  const readRight = compileExpression(right, around);
  const direct = DIRECT[operator];
  return (frame) => {
    const a = readLeft(frame);
    const b = readRight(frame);
    return typeof a === 'number' && typeof b === 'number' && direct !== undefined
      ? direct(a, b)
      : compareValues(operator, a, b);
  };
}

const DIRECT: Readonly<Partial<Record<ComparisonOperator, (a: number, b: number) => boolean>>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function compileCase(node: Case, around: Surroundings): Evaluator {
  const branches = compileBranches(node, around);
  const otherwise = node.otherwise === undefined ? undefined : compileValue(node.otherwise, around);
  return (frame) => {
    for (const branch of branches) {
      if (branch.applies(frame)) return branch.value(frame);
    }
    return otherwise?.(frame);
  };
}

function compileBranches(node: Case, around: Surroundings): { applies: Test; value: Evaluator }[] {
  const subject = node.subject === undefined ? undefined : compileExpression(node.subject, around);
  return node.branches.map((branch) => {
    const value = compileValue(branch.value, around);
    if (subject === undefined) return { applies: compileCondition(branch.when, around), value };
    // The grammar has only expressions after WHEN when there is a subject.
    const other = compileValue(branch.when as Expression, around);
    return { applies: (frame) => isSame(subject(frame), other(frame)), value };
  });
}

/** Compiles a condition. What is no condition by itself fails when it is evaluated. */
export function compileCondition(node: Condition, around: Surroundings): Test {
  switch (node.kind) {
    case 'logic':
      return compileLogic(node.operator, compileCondition(node.left, around), compileCondition(node.right, around));
    case 'not':
      return compileNot(node, around);
    case 'in':
      return compileMembership(node, around);
    case 'comparison':
      return compileComparison(node, around);
    case 'path': {
      const read = compilePath(node, around.scope);
      return (frame) => read(frame) === true;
    }
    default:
      return compileBoolean(node, around);
  }
}

function compileLogic(operator: 'AND' | 'OR', left: Test, right: Test): Test {
  return operator === 'AND' ? (frame) => left(frame) && right(frame) : (frame) => left(frame) || right(frame);
}

/** The opposite of a condition; of a value that is no boolean, false. */
function compileNot({ operand }: Not, around: Surroundings): Test {
  if (operand.kind === 'path' || operand.kind === 'call') {
    const read = compileValue(operand, around);
    return (frame) => read(frame) === false;
  }
  const test = compileCondition(operand, around);
  return (frame) => !test(frame);
}

function compileMembership({ value, items, isNegated }: Membership, around: Surroundings): Test {
  const read = compileExpression(value, around);
  const readItems = items.map((item) => compileExpression(item, around));
  return (frame) => {
    const wanted = read(frame);
    return readItems.some((item) => isSame(item(frame), wanted)) !== isNegated;
  };
}

function compileBoolean(node: Argument, around: Surroundings): Test {
  const read = compileValue(node, around);
  return (frame) => {
    const result = read(frame);
    if (typeof result === 'boolean') return result;
    throw new SqlFailure('badarg', `a condition must be true or false, not ${kindOf(result)}`);
  };
}
