import {
  Bits,
  bytesOf,
  type Float,
  isArray,
  isInteger,
  isNumeric,
  isObject,
  isText,
  type ObjectValue,
  readJson,
  textOf,
  type Value,
} from '@millrace/values';

/** What a conversion gives for a value of the wrong type. */
export const WRONG = Symbol('wrong argument');

/** How a function takes one argument. */
export interface Param<T> {
  /** For messages: `must be <expected>`. */
  readonly expected: string;
  readonly isOptional: boolean;
  readonly read: (value: Value) => T | typeof WRONG;
}

function param<T>(expected: string, read: (value: Value) => T | typeof WRONG): Param<T> {
  return { expected, isOptional: false, read };
}

/** May be left out. */
export function optional<T>(inner: Param<T>): Param<T | undefined> {
  return { ...inner, isOptional: true };
}

export const any = param<Value>('any value', (value) => value);

/** A string; booleans count as their text. */
export const text = param('a string', (value) => {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return textOf(value);
  return typeof value === 'boolean' ? String(value) : WRONG;
});

/** A string and nothing else. */
export const pureText = param('a string', (value) => (isText(value) ? textOf(value) : WRONG));

/** The bytes of a string; booleans count as their text. */
export const bytes = param('a string', (value) => {
  if (typeof value === 'boolean') return Buffer.from(String(value));
  return isText(value) ? bytesOf(value) : WRONG;
});

export const number = param<number | bigint | Float>('a number', (value) => (isNumeric(value) ? value : WRONG));
export const integer = param<number | bigint>('an integer', (value) => (isInteger(value) ? value : WRONG));
/** An integer of JavaScript's own: a count, a position. */
export const smallInteger = param('an integer', (value) =>
  typeof value === 'number' && Number.isInteger(value) ? value : WRONG,
);
export const array = param<readonly Value[]>('an array', (value) => (isArray(value) ? value : WRONG));
/** An object, or JSON text of one. */
export const objectOrJson = param<ObjectValue>('an object', (value) => asObject(value) ?? WRONG);
/** A string, or bits whose number need not be a multiple of eight. */
export const bits = param('a string', (value) => {
  if (value instanceof Bits) return value;
  return isText(value) ? new Bits(bytesOf(value), bytesOf(value).length * 8) : WRONG;
});

/** The object, or the one that text holds as JSON. */
export function asObject(value: Value): ObjectValue | undefined {
  if (isObject(value)) return value;
  const decoded = isText(value) ? readJson(value) : undefined;
  return isObject(decoded) ? decoded : undefined;
}

/** One of a few words. */
export function oneOf<const W extends string>(...words: readonly W[]): Param<W> {
  return param(`one of ${words.join(', ')}`, (value) => {
    const word = isText(value) ? textOf(value) : undefined;
    return words.find((candidate) => candidate === word) ?? WRONG;
  });
}
