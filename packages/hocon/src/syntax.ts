import type { HoconArray, HoconNode, HoconScalar } from './node.ts';
import type { Origin } from './origin.ts';

/** What the parser makes and the resolver turns into nodes: a value that may still refer to others. */
export type Expression = HoconScalar | ArrayExpression | ObjectExpression | Reference | Concatenation | Resolved;

export interface ArrayExpression {
  readonly kind: 'array';
  readonly items: readonly Expression[];
  readonly origin: Origin;
}

export interface ObjectExpression {
  readonly kind: 'object';
  /** Every definition of a key, in the order of the text. */
  readonly fields: Map<string, Definition[]>;
  readonly origin: Origin;
}

export interface Reference {
  readonly kind: 'reference';
  readonly path: readonly string[];
  readonly optional: boolean;
  /** Path of the object that an included file is read into; its references are looked up below it first. */
  readonly prefix: readonly string[];
  readonly origin: Origin;
}

export interface Concatenation {
  readonly kind: 'concatenation';
  readonly parts: readonly Expression[];
  readonly origin: Origin;
}

interface Resolved {
  readonly kind: 'resolved';
  readonly node: HoconNode;
  readonly origin: Origin;
}

export interface Definition {
  readonly value: Expression;
  /** Where the key was written. */
  readonly origin: Origin;
  /** Written with `+=`. */
  readonly append: boolean;
}

export function emptyObject(origin: Origin): ObjectExpression {
  return { kind: 'object', fields: new Map(), origin };
}

/** Adds a definition at a path; the steps on the way become objects. */
export function define(object: ObjectExpression, path: readonly string[], definition: Definition): void {
  const [head = '', ...rest] = path;
  const definitions = object.fields.get(head) ?? [];
  object.fields.set(head, definitions);
  if (rest.length === 0) {
    definitions.push(definition);
    return;
  }
  const inner = emptyObject(definition.origin);
  define(inner, rest, definition);
  definitions.push({ value: inner, origin: definition.origin, append: false });
}

const NUMBER = /^-?\d+(\.\d+)?([eE]-?\d+)?$/;

/** An unquoted word: a boolean, null, a number or text (`15s`, `100MB`, `80%`, `emqx@127.0.0.1`). */
export function wordScalar(text: string, origin: Origin): HoconScalar {
  return { kind: 'scalar', value: wordValue(text), text, quoted: false, origin };
}

function wordValue(text: string): HoconScalar['value'] {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (!NUMBER.test(text)) return text;
  const number = Number(text);
  const keepsItsDigits = Number.isSafeInteger(number) || /[.eE]/.test(text);
  return keepsItsDigits && Number.isFinite(number) ? number : text;
}

export function textScalar(text: string, origin: Origin, quoted = true): HoconScalar {
  return { kind: 'scalar', value: text, text, quoted, origin };
}

export function arrayNode(items: readonly HoconNode[], origin: Origin): HoconArray {
  return { kind: 'array', items, origin };
}
