import { HoconError } from './hocon-error.ts';
import type { HoconArray, HoconField, HoconNode, HoconObject } from './node.ts';

/**
 * `higher` over `lower`: objects merge key by key, anything else is replaced. An object of 1-based indexes over an array
 * overrides its elements (`authentication.1.enable = false`). A `null` stays in the result, so that it also removes what
 * a still lower layer holds.
 */
export function mergeNodes(lower: HoconNode | undefined, higher: HoconNode): HoconNode {
  if (lower === undefined || higher.kind !== 'object') return higher;
  if (lower.kind === 'object') return mergeObjects(lower, higher);
  return lower.kind === 'array' && isIndexed(higher) ? overrideElements(lower, higher) : higher;
}

/** The same tree without the keys that hold `null`. */
export function withoutNulls(node: HoconNode): HoconNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'array') return { ...node, items: node.items.map(withoutNulls) };
  const fields = new Map<string, HoconField>();
  for (const [key, field] of node.fields) {
    if (!isNull(field.value)) fields.set(key, { ...field, value: withoutNulls(field.value) });
  }
  return { ...node, fields };
}

export function isNull(node: HoconNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** True for an object whose keys are all array positions, counted from 1. */
export function isIndexed(node: HoconObject): boolean {
  return node.fields.size > 0 && Array.from(node.fields.keys()).every((key) => /^[1-9]\d*$/.test(key));
}

/** Reads `{1: a, 2: b}` as the array it stands for, starting from `lower`. Throws when a position is left out. */
export function overrideElements(lower: HoconArray | undefined, higher: HoconObject): HoconArray {
  const items = [...(lower?.items ?? [])];
  const byPosition = Array.from(higher.fields).sort(([a], [b]) => Number(a) - Number(b));
  for (const [key, field] of byPosition) {
    const index = Number(key) - 1;
    if (index > items.length) throw badIndex(field, key, items.length);
    items[index] = mergeNodes(items[index], field.value);
  }
  return { kind: 'array', items, origin: lower?.origin ?? higher.origin };
}

function badIndex(field: HoconField, key: string, length: number): HoconError {
  const elements = length === 1 ? '1 element' : `${length} elements`;
  return new HoconError(
    field.origin,
    `bad array index ${key}: the array has ${elements}; use an index from 1 to ${length + 1}`,
  );
}

function mergeObjects(lower: HoconObject, higher: HoconObject): HoconObject {
  const fields = new Map(lower.fields);
  for (const [key, field] of higher.fields) {
    const below = fields.get(key);
    fields.set(key, below === undefined ? field : { ...field, value: mergeNodes(below.value, field.value) });
  }
  return { kind: 'object', fields, origin: higher.origin };
}
