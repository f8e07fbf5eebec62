import type { Origin } from './origin.ts';

/** A resolved value that knows where it was written. */
export type HoconNode = HoconObject | HoconArray | HoconScalar;

export interface HoconObject {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, HoconField>;
  readonly origin: Origin;
}

export interface HoconField {
  /** Where the key was written. */
  readonly origin: Origin;
  readonly value: HoconNode;
}

export interface HoconArray {
  readonly kind: 'array';
  readonly items: readonly HoconNode[];
  readonly origin: Origin;
}

export interface HoconScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it was written: a number where a schema wants text keeps its digits. */
  readonly text: string;
  readonly quoted: boolean;
  readonly origin: Origin;
}

export type HoconValue =
  | string
  | number
  | boolean
  | null
  | readonly HoconValue[]
  | { readonly [key: string]: HoconValue | undefined };

/** The plain value of a node. Keys that hold `null` stay; see {@link withoutNulls}. */
export function toValue(node: HoconNode): HoconValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(toValue);
  return Object.fromEntries(Array.from(node.fields, ([key, field]) => [key, toValue(field.value)]));
}

/** Makes a node of a plain value; every part gets the one origin. `undefined` members are left out. */
export function fromValue(value: HoconValue, origin: Origin): HoconNode {
  if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => fromValue(item, origin)), origin };
  if (typeof value !== 'object' || value === null) {
    return { kind: 'scalar', value, text: String(value), quoted: true, origin };
  }
  const fields = new Map<string, HoconField>();
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) fields.set(key, { origin, value: fromValue(member, origin) });
  }
  return { kind: 'object', fields, origin };
}

/** An object node that holds `value` at `path`. */
export function nodeAt(path: readonly string[], value: HoconNode, origin: Origin = value.origin): HoconNode {
  let node = value;
  for (let index = path.length - 1; index >= 0; index--) {
    node = { kind: 'object', fields: new Map([[path[index] ?? '', { origin, value: node }]]), origin };
  }
  return node;
}

/** The node at a path; array elements are addressed 1-based, as in the text. */
export function find(node: HoconNode | undefined, path: readonly string[]): HoconNode | undefined {
  return path.length === 0 ? node : findField(node, path)?.value;
}

/** The field at a path, with the place of its key. */
export function findField(node: HoconNode | undefined, path: readonly string[]): HoconField | undefined {
  let current = node;
  let field: HoconField | undefined;
  for (const segment of path) {
    field = current === undefined ? undefined : child(current, segment);
    if (field === undefined) return undefined;
    current = field.value;
  }
  return field;
}

function child(node: HoconNode, segment: string): HoconField | undefined {
  if (node.kind === 'object') return node.fields.get(segment);
  if (node.kind !== 'array' || !/^[1-9]\d*$/.test(segment)) return undefined;
  const item = node.items[Number(segment) - 1];
  return item && { origin: item.origin, value: item };
}
