import type { z } from 'zod';
import { suggestion } from '../near-miss.ts';
import { knownKeys, memberOf, type Schema, schemaAt } from './schema-walk.ts';

export interface Finding {
  /** Steps from the value that was parsed; array elements counted from 1, as in the text. */
  readonly path: readonly string[];
  /** What is wrong, and what to do. */
  readonly reason: string;
  readonly value: unknown;
  /** The name itself is wrong, not what it holds. */
  readonly isUnknown: boolean;
}

type Issue = z.core.$ZodIssue;

const KIND_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object { … }',
  record: 'an object { … }',
  array: 'an array [ … ]',
};

/** Turns what the schema found into sentences that say what was expected and what to do. */
export function describeIssues(issues: readonly Issue[], schema: Schema, value: unknown): Finding[] {
  return issues.flatMap((issue) => describeIssue(issue, schema, value, []));
}

function describeIssue(issue: Issue, schema: Schema, root: unknown, base: readonly PropertyKey[]): Finding[] {
  const keys = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(keys, key, schema, root));
  const bestOption = issue.code === 'invalid_union' ? fittingOption(issue.errors) : undefined;
  if (bestOption !== undefined) return bestOption.flatMap((inner) => describeIssue(inner, schema, root, keys));
  const value = valueAt(root, keys);
  return [{ path: written(keys), reason: reasonOf(issue, value), value, isUnknown: false }];
}

function unknownKey(keys: readonly PropertyKey[], key: string, schema: Schema, root: unknown): Finding {
  const owner = keys.map(String);
  const ownerSchema = schemaAt(schema, owner, () => root);
  const known = ownerSchema === undefined ? [] : knownKeys(ownerSchema, () => valueAt(root, keys));
  const present = Object.keys(Object(valueAt(root, keys)));
  const free = known.filter((name) => !present.includes(name));
  const path = written([...keys, key]);
  return {
    path,
    reason: `unknown field; ${suggestion(key, free)}`,
    value: valueAt(root, [...keys, key]),
    isUnknown: true,
  };
}

function reasonOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(KIND_NAMES[issue.expected] ?? issue.expected, value);
    case 'invalid_value':
      return notAllowed(issue.values, value);
    case 'invalid_union':
      return describeUnion(issue, value);
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return `must be at most ${issue.maximum}${sizeWord(issue.origin)}`;
    case 'invalid_key':
      return `is no valid name here: ${issue.issues.map(({ message }) => message).join(', ')}`;
    case 'invalid_format':
      return `has the wrong form: ${issue.message}`;
    default:
      return value === undefined ? issue.message : `${issue.message} (found ${show(value)})`;
  }
}

function wrongKind(expected: string, value: unknown): string {
  if (value === undefined) return `is required and missing; write ${expected}`;
  return `expected ${expected}, found ${show(value)}`;
}

function notAllowed(values: readonly unknown[], value: unknown): string {
  const allowed = values.map(String);
  const list = allowed.length === 1 ? `"${allowed[0]}"` : `one of ${allowed.map((word) => `"${word}"`).join(', ')}`;
  if (value === undefined) return `is required and missing; write ${list}`;
  const hint = typeof value === 'string' ? suggestion(value, allowed) : '';
  return `must be ${list}, found ${show(value)}${hint.startsWith('did you') ? `; ${hint}` : ''}`;
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string {
  if ('options' in issue && issue.options !== undefined) return notAllowed(issue.options, value);
  const kinds = new Set(issue.errors.flatMap((errors) => errors.flatMap(expectedKinds)));
  if (kinds.has('true or false')) for (const word of ['"on"', '"off"', '"true"', '"false"']) kinds.delete(word);
  return wrongKind(Array.from(kinds).join(' or ') || 'another kind of value', value);
}

function expectedKinds(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [KIND_NAMES[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map((word) => `"${String(word)}"`);
  return issue.code === 'invalid_union' ? issue.errors.flatMap((errors) => errors.flatMap(expectedKinds)) : [];
}

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
  return `must be at least ${issue.minimum}${sizeWord(issue.origin)}`;
}

function sizeWord(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' elements long' : '';
}

/** The option that the user meant: of the right kind, with the right tag, and the lightest mistakes. */
function fittingOption(options: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const candidates = options.filter((issues) => !issues.some(isOtherKind));
  if (candidates.length === 0) return undefined;
  const rightTag = candidates.filter((issues) => !issues.some((issue) => issue.code === 'invalid_value'));
  const best = rightTag.length > 0 ? rightTag : candidates;
  return best.reduce((left, right) => (weight(right) < weight(left) ? right : left));
}

/** A name that is unknown further inside speaks for an option, a member of another kind against it. */
function weight(issues: readonly Issue[]): number {
  const weights = issues.map(({ code, path }) => {
    if (code === 'invalid_type') return 4;
    return code === 'unrecognized_keys' && path.length === 0 ? 3 : 2;
  });
  return weights.reduce<number>((sum, one) => sum + one, 0);
}

function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
}

function valueAt(root: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((value, key) => memberOf(value, String(key)), root);
}

function written(keys: readonly PropertyKey[]): string[] {
  return keys.map((key) => (typeof key === 'number' ? String(key + 1) : String(key)));
}

/** Values are shown short, addresses without their login, and objects not at all: they may hold secrets. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const text = value.replace(/\/\/[^/@\s]+@/g, '//******@');
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
