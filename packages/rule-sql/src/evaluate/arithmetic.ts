import { Float, floatOf, integerOf, isFloat, isInteger, isNumeric, isText, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';
import { joinTexts } from './text.ts';

type Numeric = number | bigint | Float;
type Operation = (left: Value, right: Value) => Value;

/** Bits an integer may grow to: far beyond any use, small enough to stay quick. */
const MAX_INTEGER = 1n << 65_536n;

/** The operators of arithmetic; anything but numbers fails, except that `+` with a string joins texts. */
export const ARITHMETIC: Readonly<Record<ArithmeticOperator, Operation>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  div: (left, right) => integerDivision('div', left, right),
  mod: (left, right) => integerDivision('mod', left, right),
};

function add(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return smallResult(left, right, left + right, '+');
  if (isText(left) || isText(right)) return joinTexts([left, right]);
  return exact(
    '+',
    left,
    right,
    (a, b) => a + b,
    (a, b) => a + b,
  );
}

function subtract(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return smallResult(left, right, left - right, '-');
  return exact(
    '-',
    left,
    right,
    (a, b) => a - b,
    (a, b) => a - b,
  );
}

function multiply(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return smallResult(left, right, left * right, '*');
  return exact(
    '*',
    left,
    right,
    (a, b) => a * b,
    (a, b) => a * b,
  );
}

/** Unary minus. */
export function negate(operand: Value): Value {
  if (typeof operand === 'number') return 0 - operand;
  if (typeof operand === 'bigint') return integerOf(-operand);
  if (operand instanceof Float) return new Float(-operand.value);
  throw new SqlFailure('badarith', `- takes a number, not ${kindOf(operand)}`);
}

/** The common case: two numbers of JavaScript's own. A result that may have lost digits is computed again. */
function smallResult(left: number, right: number, result: number, operator: '+' | '-' | '*'): Value {
  if (!Number.isInteger(left) || !Number.isInteger(right)) return finite(result);
  if (Number.isSafeInteger(result)) return result;
  const [a, b] = [BigInt(left), BigInt(right)];
  return integerOf(operator === '+' ? a + b : operator === '-' ? a - b : a * b);
}

function exact(
  operator: string,
  left: Value,
  right: Value,
  integers: (a: bigint, b: bigint) => bigint,
  floats: (a: number, b: number) => number,
): Value {
  if (!isNumeric(left) || !isNumeric(right)) return refuse(operator, left, right);
  if (isInteger(left) && isInteger(right)) return bounded(integers(BigInt(left), BigInt(right)));
  return finite(floats(toNumber(left), toNumber(right)));
}

function divide(left: Value, right: Value): Value {
  if (!isNumeric(left) || !isNumeric(right)) return refuse('/', left, right);
  const divisor = toNumber(right);
  if (divisor === 0) throw new SqlFailure('badarith', 'division by zero');
  return finite(toNumber(left) / divisor);
}

function integerDivision(operator: 'div' | 'mod', left: Value, right: Value): Value {
  if (!isInteger(left) || !isInteger(right)) {
    throw new SqlFailure('badarith', `${operator} takes integers, not ${kindOf(isInteger(left) ? right : left)}`);
  }
  if (Number(right) === 0) throw new SqlFailure('badarith', 'division by zero');
  if (typeof left === 'number' && typeof right === 'number') {
    // The sum turns -0 into 0.
    return (operator === 'div' ? Math.trunc(left / right) : left % right) + 0;
  }
  const [a, b] = [BigInt(left), BigInt(right)];
  return integerOf(operator === 'div' ? a / b : a % b);
}

/** The number as a float; an integer beyond the range of floats fails. */
export function toNumber(value: Numeric): number {
  if (value instanceof Float) return value.value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new SqlFailure('badarith', 'an integer is too large for a float');
  return number;
}

/** A float, or a failure when the result is none. */
export function finite(result: number): Value {
  if (!Number.isFinite(result)) throw new SqlFailure('badarith', 'the result is not a number in the range of floats');
  return floatOf(result);
}

/** An integer, or a failure when it has grown out of all bounds. */
export function bounded(result: bigint): Value {
  if (result > MAX_INTEGER || result < -MAX_INTEGER)
    throw new SqlFailure('badarith', 'an integer has more than 65536 bits');
  return integerOf(result);
}

function refuse(operator: string, left: Value, right: Value): never {
  const culprit = isNumeric(left) ? right : left;
  throw new SqlFailure('badarith', `${operator} takes numbers, not ${kindOf(culprit)}`);
}

/** The kind of a value, for messages. */
export function kindOf(value: Value): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (isText(value)) return 'a string';
  if (isInteger(value)) return 'an integer';
  if (isFloat(value)) return 'a float';
  if (typeof value === 'boolean') return 'a boolean';
  return Array.isArray(value) ? 'an array' : 'an object';
}
