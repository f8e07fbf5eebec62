import { isArray, isObject, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import type { Field, Statement } from '../syntax/ast.ts';
import { walk } from '../syntax/walk.ts';

/** Arrays, objects and values that one output may hold. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 1024;
/** Each place that builds an array or an object can double what there is; this many doublings stay below the limit. */
const HARMLESS_PLACES = 16;

/**
 * True when an output could be exponentially larger than the input: `[a, a] AS b, [b, b] AS c` and so on. It costs no
 * memory, since all share the same parts, until somebody writes it as JSON.
 */
export function mayExplode(statement: Statement): boolean {
  const lists = statement.kind === 'foreach' ? [statement.fields, statement.each ?? []] : [statement.fields];
  let places = lists.flat().filter(writesBelow).length;
  walk(statement, (node) => {
    if (node.kind === 'array' || node.kind === 'call') places += 1;
  });
  return places > HARMLESS_PLACES;
}

function writesBelow(field: Field): boolean {
  return field.kind === 'value' && (field.alias?.steps.length ?? 0) > 0;
}

/** Fails when an output is too large or too deep. */
export function checkSize(output: Value): void {
  if (countNodes(output, 0, 0) > MAX_NODES) {
    throw new SqlFailure('output_too_large', `the output has more than ${MAX_NODES} parts or ${MAX_DEPTH} levels`);
  }
}

/** Stops counting at the limit, so that counting does not explode itself. Too deep counts as too many. */
function countNodes(value: Value, before: number, depth: number): number {
  if (!(isArray(value) || isObject(value))) return before + 1;
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  let count = before + 1;
  for (const part of isArray(value) ? value : Object.values(value)) {
    count = countNodes(part, count, depth + 1);
    if (count > MAX_NODES) return count;
  }
  return count;
}
