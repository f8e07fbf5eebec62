import { isDeepStrictEqual } from 'node:util';
import { type HoconField, type HoconNode, type HoconObject, isNull, type Origin, toValue } from '@millrace/hocon';

/**
 * What must be stored so that, merged over the layers below, exactly `wanted` results. Members that the layers below
 * have and `wanted` has not become `null`.
 */
export function storedObject(wanted: HoconNode, below: HoconNode | undefined): HoconNode {
  if (wanted.kind !== 'object' || below?.kind !== 'object') return wanted;
  const fields = new Map<string, HoconField>();
  for (const [key, field] of wanted.fields) {
    fields.set(key, { ...field, value: storedObject(field.value, below.fields.get(key)?.value) });
  }
  addTombstones(fields, wanted, below);
  return { ...wanted, fields };
}

/**
 * The same for a root of settings, but without the members that are as the layers below or the defaults have them.
 * Undefined when nothing differs.
 */
export function storedDifference(
  wanted: HoconNode,
  below: HoconNode | undefined,
  defaults: HoconNode | undefined,
): HoconNode | undefined {
  const inherited = below ?? defaults;
  if (inherited !== undefined && isDeepStrictEqual(toValue(wanted), toValue(inherited))) return undefined;
  if (wanted.kind !== 'object' || (inherited !== undefined && inherited.kind !== 'object')) return wanted;
  const fields = new Map<string, HoconField>();
  for (const [key, field] of wanted.fields) {
    const value = storedDifference(field.value, member(below, key), member(defaults, key));
    if (value !== undefined) fields.set(key, { ...field, value });
  }
  if (below?.kind === 'object') addTombstones(fields, wanted, below);
  return fields.size === 0 && inherited !== undefined ? undefined : { ...wanted, fields };
}

/**
 * Leaves out of a stored node what a variable or `--set` decides: such values belong to their layer. What was stored
 * under them before stays.
 */
export function withoutDecided(
  node: HoconNode,
  decided: HoconNode | undefined,
  storedBefore: HoconNode | undefined,
): HoconNode {
  if (node.kind !== 'object' || decided?.kind !== 'object') return node;
  const fields = new Map(node.fields);
  for (const [key, { value }] of decided.fields) {
    const field = fields.get(key);
    const before = storedBefore?.kind === 'object' ? storedBefore.fields.get(key) : undefined;
    if (field !== undefined && value.kind === 'object') {
      fields.set(key, { ...field, value: withoutDecided(field.value, value, before?.value) });
    } else if (before !== undefined) fields.set(key, before);
    else fields.delete(key);
  }
  return { ...node, fields };
}

/** Removes what lower layers define. */
export function tombstone(origin: Origin): HoconNode {
  return { kind: 'scalar', value: null, text: 'null', quoted: false, origin };
}

function addTombstones(fields: Map<string, HoconField>, wanted: HoconObject, below: HoconObject): void {
  for (const [key, field] of below.fields) {
    if (wanted.fields.has(key) || isNull(field.value)) continue;
    fields.set(key, { origin: wanted.origin, value: tombstone(wanted.origin) });
  }
}

function member(node: HoconNode | undefined, key: string): HoconNode | undefined {
  return node?.kind === 'object' ? node.fields.get(key)?.value : undefined;
}
