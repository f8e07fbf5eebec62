import {
  bytesOf,
  Float,
  isFloat,
  isInteger,
  isObject,
  isText,
  type ObjectValue,
  ownProperty,
  readJson,
  setProperty,
  textOf,
  type Value,
} from '@millrace/values';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any, asObject, objectOrJson, optional, pureText } from './params.ts';

const define = familyOf('object');
/** What reads or writes an object may recurse over its levels. */
const MAX_LEVELS = 512;

export const objectFunctions: readonly SqlFunction[] = [
  define({
    signature: 'map_new()',
    summary: 'An empty object.',
    examples: [['map_new()', '{}']],
    params: [],
    run: () => ({}),
  }),
  define({
    signature: 'map_get(key, object[, default])',
    summary: 'Value at a dotted path in an object or in JSON text of one.',
    examples: [
      [`map_get('a.b', '{"a":{"b":1}}')`, '1'],
      ["map_get('x', map_new(), 'none')", '"none"'],
    ],
    params: [pureText, any, optional(any)],
    run: ([key, object, fallback]) => valueOr(valueAt(asObject(object), key.split('.')), fallback),
  }),
  define({
    signature: 'map_put(key, value, object)',
    summary: 'The object with the value at a dotted path; missing levels are made.',
    examples: [["map_put('a.b', 1, map_new())", '{"a":{"b":1}}']],
    params: [pureText, any, any],
    run: ([key, value, object]) => withValueAt(object, key.split('.'), value),
  }),
  define({
    signature: 'mget(key, object[, default])',
    summary: 'Value of one key, which may hold dots.',
    examples: [[`mget('a.b', '{"a.b":1}')`, '1']],
    params: [pureText, objectOrJson, optional(any)],
    run: ([key, object, fallback]) => valueOr(ownProperty(object, key), fallback),
  }),
  define({
    signature: 'mput(key, value, object)',
    summary: 'The object with the value under one key, which may hold dots.',
    examples: [["mput('a.b', 1, map_new())", '{"a.b":1}']],
    params: [pureText, any, objectOrJson],
    run: ([key, value, object]) => withValueAt(object, [key], value),
  }),
  define({
    signature: 'map_keys(object)',
    summary: 'Keys, sorted.',
    examples: [[`map_keys('{"b":1,"a":2}')`, '["a","b"]']],
    params: [objectOrJson],
    run: ([object]) => sortedKeys(object),
  }),
  define({
    signature: 'map_values(object)',
    summary: 'Values, in the order of their keys.',
    examples: [[`map_values('{"b":1,"a":2}')`, '[2,1]']],
    params: [objectOrJson],
    run: ([object]) => sortedKeys(object).map((key) => ownProperty(object, key)),
  }),
  define({
    signature: 'map_size(object)',
    summary: 'Number of keys.',
    examples: [[`map_size('{"a":1}')`, '1']],
    params: [objectOrJson],
    run: ([object]) => Object.keys(object).length,
  }),
  define({
    signature: 'map_to_entries(object)',
    summary: 'Array of objects with key and value.',
    examples: [[`map_to_entries('{"a":1}')`, '[{"key":"a","value":1}]']],
    params: [objectOrJson],
    run: ([object]) => sortedKeys(object).map((key) => ({ key, value: ownProperty(object, key) })),
  }),
  define({
    signature: 'map_to_redis_hset_args(object)',
    summary: 'Array of a marker, keys and values, for templates of Redis commands.',
    examples: [[`map_to_redis_hset_args('{"a":1}')`, '["map_to_redis_hset_args","a","1"]']],
    params: [any],
    run: ([object]) => ['map_to_redis_hset_args', ...redisArguments(asObject(object) ?? {})],
  }),
];

/** The value at a path of keys. JSON text on the way is read. */
export function valueAt(root: Value, keys: readonly string[]): Value {
  let value = root;
  for (const key of keys) {
    const object = isText(value) ? readJson(value) : value;
    if (!isObject(object)) return undefined;
    value = ownProperty(object, key);
  }
  return value;
}

function valueOr(value: Value, fallback: Value): Value {
  return value === undefined ? fallback : value;
}

function withValueAt(container: Value, keys: readonly string[], value: Value): Value {
  if (keys.length > MAX_LEVELS) refuse(`a key has more than ${MAX_LEVELS} levels`);
  const levels: Record<string, Value>[] = [];
  let current = container;
  for (const key of keys) {
    const copy: Record<string, Value> = isObject(current) ? { ...current } : {};
    levels.push(copy);
    current = ownProperty(copy, key);
  }
  return levels.reduceRight<Value>((inner, level, index) => {
    setProperty(level, keys[index]!, inner);
    return level;
  }, value);
}

function sortedKeys(object: ObjectValue): readonly string[] {
  return Object.keys(object).sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
}

function redisArguments(object: ObjectValue): Value[] {
  return sortedKeys(object).flatMap((key) => {
    const text = redisText(ownProperty(object, key));
    return text === undefined ? [] : [key, text];
  });
}

function redisText(value: Value): string | undefined {
  if (isText(value)) return textOf(value);
  if (isInteger(value) || typeof value === 'boolean') return String(value);
  if (!isFloat(value)) return undefined;
  const fixed = Number(value instanceof Float ? value.value : value).toFixed(6);
  return fixed.replace(/(\.\d+?)0+$/, '$1');
}
