import type { Path, Range, Step } from './ast.ts';
import type { Cursor } from './cursor.ts';

/** True when a path may begin here. */
export function isPathStart(cursor: Cursor): boolean {
  return cursor.token.kind === 'name' || cursor.token.kind === 'quoted';
}

/** Code that follows a path may recurse over its steps. */
const MAX_STEPS = 100;

export function parsePath(cursor: Cursor): Path {
  if (!isPathStart(cursor)) cursor.fail('a name');
  const at = cursor.position();
  const head = cursor.take();
  const steps: Step[] = [];
  for (;;) {
    if (steps.length > MAX_STEPS) cursor.fail(`at most ${MAX_STEPS} steps in a path`);
    if (cursor.acceptMark('.')) steps.push(parseKey(cursor));
    else if (cursor.isMark('[')) steps.push(parseIndex(cursor));
    else return { kind: 'path', head: head.text, isQuoted: head.kind === 'quoted', steps, at };
  }
}

function parseKey(cursor: Cursor): Step {
  const { kind } = cursor.token;
  if (kind !== 'name' && kind !== 'quoted' && kind !== 'string' && kind !== 'integer') cursor.fail('a key');
  return { kind: 'key', name: cursor.take().text };
}

function parseIndex(cursor: Cursor): Step {
  cursor.expectMark('[');
  const step: Step = isPathStart(cursor)
    ? { kind: 'variable', path: cursor.nested(() => parsePath(cursor)) }
    : { kind: 'index', index: parseSignedInteger(cursor) };
  cursor.expectMark(']');
  return step;
}

function parseSignedInteger(cursor: Cursor): number {
  const sign = cursor.isOperator('-', '+') ? cursor.take().text : '+';
  if (cursor.token.kind !== 'integer') cursor.fail('an integer or a name');
  const value = Number(cursor.take().text);
  return sign === '-' ? -value : value;
}

/** Reads `[1..3]`, which is one token. */
export function parseRange(cursor: Cursor): Range {
  const [first, last] = cursor.take().text.slice(1, -1).split('..');
  return { kind: 'range', first: Number(first), last: Number(last) };
}
