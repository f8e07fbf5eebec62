import { isArray, isFloat, isInteger, isNumeric, isObject, isText, readJson, type Value } from '@millrace/values';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any } from './params.ts';

const define = familyOf('type');

/** Checks that never fail: name, what is true, an argument, the answer. */
const CHECKS: readonly (readonly [string, (value: Value) => boolean, string, string, string])[] = [
  ['is_null', (x) => x === undefined, 'is undefined; JSON null is a value', 'missing', 'true'],
  ['is_not_null', (x) => x !== undefined, 'is not undefined; JSON null is a value', 'missing', 'false'],
  ['is_null_var', (x) => x === undefined || x === null, 'is undefined or JSON null', 'missing', 'true'],
  ['is_not_null_var', (x) => x !== undefined && x !== null, 'is neither undefined nor JSON null', '1', 'true'],
  ['is_str', isText, 'is a string', "'a'", 'true'],
  ['is_bool', (x) => typeof x === 'boolean', 'is a boolean', 'true', 'true'],
  ['is_int', isInteger, 'is an integer', '1.0', 'false'],
  ['is_float', isFloat, 'is a float', '1.0', 'true'],
  ['is_num', isNumeric, 'is an integer or a float', '1', 'true'],
  ['is_map', isObject, 'is an object', 'map_new()', 'true'],
  ['is_array', isArray, 'is an array', '[1]', 'true'],
];

const checks = CHECKS.map(([name, check, summary, argument, result]) =>
  define({
    signature: `${name}(x)`,
    summary: `True when x ${summary}.`,
    examples: [[`${name}(${argument})`, result]],
    params: [any],
    run: ([x]) => check(x),
  }),
);

export const typeFunctions: readonly SqlFunction[] = [
  ...checks,
  define({
    signature: 'is_empty(x)',
    summary: 'True for an empty array, object or string, also when written as JSON text.',
    examples: [
      ['is_empty(map_new())', 'true'],
      ["is_empty('{}')", 'true'],
      ['is_empty([1])', 'false'],
    ],
    params: [any],
    run: ([x]) => isEmpty(isText(x) && x.length > 0 ? readJson(x) : x),
  }),
];

function isEmpty(value: Value): boolean {
  if (isArray(value) || isText(value)) return value.length === 0;
  return isObject(value)
    ? Object.keys(value).length === 0
    : refuse('is_empty takes an array, an object or JSON text of one');
}
