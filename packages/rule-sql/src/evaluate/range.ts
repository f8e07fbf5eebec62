import { isArray, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import type { Range } from '../syntax/ast.ts';

/** Elements that a range may make. */
const MAX_ELEMENTS = 1_000_000;

/** The integers of a literal range; it may be empty (`[4..3]`) but not run backwards. */
export function integersOf({ first, last }: Range): readonly number[] {
  const length = last - first + 1;
  if (length < 0) throw new SqlFailure('badarg', `the range [${first}..${last}] runs backwards`);
  if (length > MAX_ELEMENTS) {
    throw new SqlFailure('range_too_large', `the range [${first}..${last}] has more than ${MAX_ELEMENTS} elements`);
  }
  return Array.from({ length }, (_, index) => first + index);
}

/** Part of an array, both ends included, negative ones counted from the end; the end is clamped. */
export function sliceOf(array: Value, { first, last }: Range): Value {
  if (!isArray(array)) throw new SqlFailure('badarg', `only an array has a range [${first}..${last}]`);
  const begin = first < 0 ? array.length + first + 1 : first;
  const end = last < 0 ? array.length + last + 1 : last;
  if (first === 0 || last === 0 || begin < 1 || end < begin - 1) {
    throw new SqlFailure('badarg', `the range [${first}..${last}] does not fit an array of ${array.length} elements`);
  }
  return array.slice(begin - 1, Math.min(end, array.length));
}

/** The element at a one-based index, negative from the end; undefined outside the array and in anything else. */
export function elementAt(array: Value, index: Value): Value {
  if (!isArray(array) || typeof index !== 'number' || !Number.isInteger(index)) return undefined;
  return index < 0 ? array[array.length + index] : array[index - 1];
}
