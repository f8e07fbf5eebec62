import {
  fromValue,
  type HoconField,
  type HoconNode,
  type HoconObject,
  mergeNodes,
  withoutNulls,
} from '@millrace/hocon';
import { tombstone } from '../store/minimal.ts';
import { normalizeLayer, normalizeMerged } from '../walk/normalize.ts';
import { childSchema, type Schema, schemaAt } from '../walk/schema-walk.ts';
import { mergedAt, NOWHERE, withNode } from './tree.ts';
import type { Override } from './variables.ts';

/** Listeners that run without being configured. */
const DEFAULT_TREE = fromValue({ listeners: { tcp: { default: {} }, ws: { default: {} } } }, NOWHERE);

/** All layers, lowest first: defaults, files, stored changes, then variables and `--set` as one. */
export interface Layers {
  readonly files: HoconObject;
  readonly stored: HoconObject;
  readonly upper: HoconObject;
  readonly overrides: readonly Override[];
}

/** What the layers below the stored one say at a path, as it was written. */
export function lowerAt(layers: Layers, path: readonly string[]): HoconNode | undefined {
  return mergedAt([DEFAULT_TREE, layers.files], path)?.value;
}

/** What holds at a path, in the spelling of the schema and without `null`s; undefined where there is nothing. */
export function effectiveAt(layers: Layers, path: readonly string[], schema: Schema): HoconField | undefined {
  const field = mergedAt([DEFAULT_TREE, layers.files, layers.stored, layers.upper], path);
  if (field === undefined) return undefined;
  const target = schemaAt(schema, path);
  const value = withoutNulls(field.value);
  return { ...field, value: target === undefined ? value : normalizeMerged(value, target) };
}

/** One layer in the spelling of the schema, ready to be merged. */
export function prepareLayer(tree: HoconObject, schema: Schema): HoconObject {
  let result = tree;
  for (const [root, { value }] of tree.fields) {
    const target = childSchema(schema, root);
    if (target !== undefined) result = withNode(result, [root], normalizeLayer(value, target));
  }
  return withoutDeletedListeners(withAuthenticationChain(result));
}

/** A single authenticator may be written without brackets. */
function withAuthenticationChain(tree: HoconObject): HoconObject {
  const node = tree.fields.get('authentication')?.value;
  if (node?.kind !== 'object' || !node.fields.has('mechanism')) return tree;
  return withNode(tree, ['authentication'], { kind: 'array', items: [node], origin: node.origin });
}

/** EMQX writes `marked_for_deletion` where a default listener was removed. */
function withoutDeletedListeners(tree: HoconObject): HoconObject {
  let result = tree;
  const listeners = tree.fields.get('listeners')?.value;
  if (listeners?.kind !== 'object') return tree;
  for (const [type, { value: byName }] of listeners.fields) {
    if (byName.kind !== 'object') continue;
    for (const [name, { value }] of byName.fields) {
      const isMarked = value.kind === 'scalar' && value.value === 'marked_for_deletion';
      if (isMarked) result = withNode(result, ['listeners', type, name], tombstone(value.origin));
    }
  }
  return result;
}

/** Lays one tree over another. */
export function overlay(lower: HoconObject, higher: HoconObject): HoconObject {
  const merged = mergeNodes(lower, higher);
  return merged.kind === 'object' ? merged : higher;
}
