import {
  bytesOf,
  Float,
  floatOf,
  integerOf,
  isArray,
  isInteger,
  isNumeric,
  isObject,
  isText,
  ownProperty,
  textOf,
  toText,
  type Value,
} from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import type { ComparisonOperator } from '../syntax/ast.ts';
import { topicMatches } from './topic.ts';

type Order = number;

/** The comparison of two values as rule SQL wants it. Throws when a number meets text that is no number. */
export function compareValues(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) {
    const areEqual = left === undefined && right === undefined;
    return areEqual && (operator === '=' || operator === '<=' || operator === '>=');
  }
  if (operator === '=~' || operator === '~=') return matchesTopic(operator, left, right);
  const order = loosely(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return order >= 0;
  }
}

function matchesTopic(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (operator === '~=') throw new SqlFailure('sql_function_not_supported', '~= is no operator; write =~');
  if (isText(left) && isText(right)) return topicMatches(textOf(left), textOf(right));
  loosely(left, right);
  throw new SqlFailure('badarg', '=~ takes a topic and a topic filter, both strings');
}

/** Numbers meet text as numbers; booleans and null meet text as text. */
function loosely(left: Value, right: Value): Order {
  if (isText(left)) {
    if (isNumeric(right)) return inOrder(numberIn(left), right);
    if (isWord(right)) return compareText(left, toText(right));
  } else if (isText(right)) {
    if (isNumeric(left)) return inOrder(left, numberIn(right));
    if (isWord(left)) return compareText(toText(left), right);
  }
  return inOrder(left, right);
}

function isWord(value: Value): boolean {
  return typeof value === 'boolean' || value === null;
}

const INTEGER = /^[-+]?\d+$/;
const FLOAT = /^[-+]?\d+\.\d+(?:[eE][-+]?\d+)?$/;
/** Longer digits would take long to read. */
const MAX_DIGITS = 4096;

/** The number that text spells in full, undefined when it spells none. Floats need digits after the point. */
export function readNumber(value: string | Uint8Array): number | bigint | Float | undefined {
  const text = textOf(value);
  if (text.length > MAX_DIGITS) return undefined;
  if (INTEGER.test(text)) return text.length <= 15 ? Number(text) + 0 : integerOf(BigInt(text.replace('+', '')));
  if (!FLOAT.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? floatOf(number) : undefined;
}

function numberIn(text: string | Uint8Array): number | bigint | Float {
  const number = readNumber(text);
  if (number === undefined) throw new SqlFailure('badarg', 'a number is compared with a string that is no number');
  return number;
}

/** The order over all values. Equal content is equal, also between integers and floats. */
export function inOrder(left: Value, right: Value): Order {
  const rank = rankOf(left);
  const difference = rank - rankOf(right);
  if (difference !== 0) return difference;
  switch (rank) {
    case 0:
      return compareNumbers(left as number, right as number);
    case 1:
      return compareText(toText(left), toText(right));
    case 2:
      return compareObjects(left, right);
    case 3:
      return compareArrays(left, right);
    default:
      return compareText(left, right);
  }
}

function rankOf(value: Value): number {
  if (isNumeric(value)) return 0;
  if (value === undefined || isWord(value)) return 1;
  if (isObject(value)) return 2;
  return isArray(value) ? 3 : 4;
}

/** JavaScript compares big integers with floats by their exact values. */
function compareNumbers(left: number | bigint | Float, right: number | bigint | Float): Order {
  const a = left instanceof Float ? left.value : left;
  const b = right instanceof Float ? right.value : right;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By the bytes of UTF-8. */
function compareText(left: Value, right: Value): Order {
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  return Buffer.compare(bytesIn(left), bytesIn(right));
}

/** The order of UTF-8 is that of UTF-16 but for surrogates, which stand for the highest code points. */
function compareStrings(left: string, right: string): Order {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

function codePointRank(unit: number): number {
  if (unit < 0xd8_00) return unit;
  return unit < 0xe0_00 ? unit + 0x20_00 : unit - 0x8_00;
}

function bytesIn(value: Value): Buffer {
  return bytesOf(isText(value) ? value : toText(value));
}

function compareArrays(left: Value, right: Value): Order {
  if (!isArray(left) || !isArray(right)) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = inOrder(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** By size, then by keys, then by values in the order of the keys. */
function compareObjects(left: Value, right: Value): Order {
  if (!isObject(left) || !isObject(right)) return 0;
  const keys = Object.keys(left).sort(compareText);
  const others = Object.keys(right).sort(compareText);
  const order = compareArrays(keys, others);
  if (keys.length !== others.length || order !== 0) return keys.length - others.length || order;
  for (const key of keys) {
    const valueOrder = inOrder(ownProperty(left, key), ownProperty(right, key));
    if (valueOrder !== 0) return valueOrder;
  }
  return 0;
}

/** Equality of IN, simple CASE and `contains`: integer 1 is not float 1.0 and not '1'; deep in arrays and objects. */
export function isSame(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (isText(left) && isText(right)) return compareText(left, right) === 0;
  if (isNumeric(left) && isNumeric(right))
    return isInteger(left) === isInteger(right) && compareNumbers(left, right) === 0;
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  return isObject(left) && isObject(right) && haveSameMembers(left, right);
}

function haveSameMembers(left: { readonly [key: string]: Value }, right: { readonly [key: string]: Value }): boolean {
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(ownProperty(left, key), ownProperty(right, key)))
  );
}
