import { type HoconField, type HoconNode, type HoconObject, isNull, mergeNodes, type Origin } from '@millrace/hocon';

export const NOWHERE: Origin = { file: 'default', line: 0, column: 0 };

export function emptyTree(origin: Origin = NOWHERE): HoconObject {
  return { kind: 'object', fields: new Map(), origin };
}

/** The tree with another node at a path, or without it; the rest is shared. Objects that become empty go as well. */
export function withNode(tree: HoconObject, path: readonly string[], node: HoconNode | undefined): HoconObject {
  const [key = '', ...rest] = path;
  const fields = new Map(tree.fields);
  const field = fields.get(key);
  const value = rest.length === 0 ? node : inner(field?.value, rest, node);
  if (value === undefined) fields.delete(key);
  else fields.set(key, { origin: rest.length === 0 ? value.origin : (field?.origin ?? value.origin), value });
  return { ...tree, fields };
}

function inner(
  below: HoconNode | undefined,
  path: readonly string[],
  node: HoconNode | undefined,
): HoconNode | undefined {
  const object = below?.kind === 'object' ? below : emptyTree(node?.origin);
  const result = withNode(object, path, node);
  return result.fields.size === 0 ? undefined : result;
}

/** The merge of several layers at one path, lowest first; undefined where there is nothing, or a `null`. */
export function mergedAt(layers: readonly HoconNode[], path: readonly string[]): HoconField | undefined {
  let fields: HoconField[] = layers.map((value) => ({ origin: value.origin, value }));
  for (const step of path) fields = stepInto(fields, step);
  const value = fields.reduce<HoconNode | undefined>((lower, field) => mergeNodes(lower, field.value), undefined);
  const last = fields.at(-1);
  return value === undefined || last === undefined || isNull(value) ? undefined : { origin: last.origin, value };
}

/** A layer that holds no object there hides everything below it. */
function stepInto(fields: readonly HoconField[], step: string): HoconField[] {
  let next: HoconField[] = [];
  for (const { value } of fields) {
    if (value.kind !== 'object') next = [];
    else next.push(...[value.fields.get(step)].filter((field) => field !== undefined));
  }
  return next;
}
