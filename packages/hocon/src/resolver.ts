import { HoconError } from './hocon-error.ts';
import { mergeNodes } from './merge.ts';
import { find, type HoconField, type HoconNode, type HoconObject } from './node.ts';
import type { Origin } from './origin.ts';
import {
  arrayNode,
  type Concatenation,
  type Definition,
  type Expression,
  type ObjectExpression,
  type Reference,
  textScalar,
} from './syntax.ts';

/** Bounds what substitutions may multiply: `a = [${b}, ${b}]`, `b = [${c}, ${c}]`, … */
const MAX_STEPS = 1_000_000;
const MAX_DEPTH = 300;
const MAX_TEXT = 16 * 1024 * 1024;

/**
 * Resolves one document set: later documents merge over earlier ones, and substitutions see the merged result.
 *
 * A definition that is being evaluated is invisible to the references inside it, as are all later ones of its key. So
 * `path = ${path}":/bin"` looks back at the earlier `path`, and a reference that finds nothing left is a cycle.
 */
export function resolveDocuments(documents: readonly ObjectExpression[]): HoconObject {
  const [first] = documents;
  const origin = first?.origin ?? { file: '', line: 1, column: 1 };
  return new Resolver(documents).root(origin);
}

class Resolver {
  readonly #documents: readonly Definition[];
  readonly #active = new Set<Definition>();
  #steps = 0;
  #depth = 0;

  constructor(documents: readonly ObjectExpression[]) {
    this.#documents = documents.map((value) => ({ value, origin: value.origin, append: false }));
  }

  root(origin: Origin): HoconObject {
    const node = this.#fold(this.#documents);
    return node?.kind === 'object' ? node : { kind: 'object', fields: new Map(), origin };
  }

  /** The value of a key from its definitions, first to last. */
  #fold(definitions: readonly Definition[]): HoconNode | undefined {
    let result: HoconNode | undefined;
    for (const definition of joinObjects(definitions)) {
      const value = this.#evaluate(definition);
      if (value === undefined) continue;
      result = definition.append ? this.#append(result, value) : mergeNodes(result, value);
    }
    return result;
  }

  #append(before: HoconNode | undefined, value: HoconNode): HoconNode {
    if (before === undefined) return arrayNode([value], value.origin);
    if (before.kind === 'array') return { ...before, items: [...before.items, value] };
    throw new HoconError(
      value.origin,
      '`+=` appends to an array, and this key holds none; write `=` or make it an array',
    );
  }

  #evaluate(definition: Definition): HoconNode | undefined {
    if (definition.value.kind === 'object') return this.#expression(definition.value);
    if (this.#active.has(definition)) throw cycle(definition.origin);
    this.#active.add(definition);
    try {
      return this.#expression(definition.value);
    } finally {
      this.#active.delete(definition);
    }
  }

  #expression(expression: Expression): HoconNode | undefined {
    if (++this.#steps > MAX_STEPS) throw new HoconError(expression.origin, 'the substitutions make this too large');
    if (++this.#depth > MAX_DEPTH) throw new HoconError(expression.origin, 'substitutions are nested too deep');
    const node = this.#node(expression);
    this.#depth--;
    return node;
  }

  #node(expression: Expression): HoconNode | undefined {
    switch (expression.kind) {
      case 'scalar':
        return expression;
      case 'resolved':
        return expression.node;
      case 'object':
        return this.#object(expression);
      case 'array':
        return arrayNode(this.#present(expression.items), expression.origin);
      case 'concatenation':
        return concatenate(this.#present(expression.parts), expression);
      default:
        return this.#reference(expression);
    }
  }

  #present(expressions: readonly Expression[]): HoconNode[] {
    return expressions.map((item) => this.#expression(item)).filter((node) => node !== undefined);
  }

  #object(expression: ObjectExpression): HoconObject {
    const fields = new Map<string, HoconField>();
    for (const [key, definitions] of expression.fields) {
      const value = this.#fold(definitions);
      const origin = definitions.at(-1)?.origin ?? expression.origin;
      if (value !== undefined) fields.set(key, { origin, value });
    }
    return { kind: 'object', fields, origin: expression.origin };
  }

  #reference(reference: Reference): HoconNode | undefined {
    const paths = reference.prefix.length === 0 ? [] : [[...reference.prefix, ...reference.path]];
    let looksAtItself = false;
    for (const path of [...paths, reference.path]) {
      const stack = this.#stack(this.#documents, path);
      looksAtItself ||= stack.some((definition) => this.#active.has(definition));
      const value = this.#fold(this.#visible(stack));
      if (value !== undefined) return moved(value, reference.origin);
    }
    if (reference.optional) return undefined;
    throw looksAtItself ? cycle(reference.origin) : unresolved(reference);
  }

  /** All definitions that make up the value at `path`. */
  #stack(definitions: readonly Definition[], path: readonly string[]): readonly Definition[] {
    const [head, ...rest] = path;
    if (head === undefined) return definitions;
    let below: Definition[] = [];
    for (const definition of this.#visible(definitions)) {
      if (definition.value.kind === 'object') below.push(...(definition.value.fields.get(head) ?? []));
      else below = this.#computedField(below, definition, head);
    }
    return this.#stack(below, rest);
  }

  #computedField(below: Definition[], definition: Definition, key: string): Definition[] {
    const node = this.#evaluate(definition);
    if (node?.kind !== 'object') return node === undefined ? below : [];
    const value = find(node, [key]);
    if (value === undefined) return below;
    return [
      ...below,
      { value: { kind: 'resolved', node: value, origin: value.origin }, origin: value.origin, append: false },
    ];
  }

  #visible(definitions: readonly Definition[]): readonly Definition[] {
    const first = definitions.findIndex((definition) => this.#active.has(definition));
    return first < 0 ? definitions : definitions.slice(0, first);
  }
}

/**
 * Objects that follow each other become one with all their definitions, so that `+=` finds what the key holds in an
 * earlier one.
 */
function joinObjects(definitions: readonly Definition[]): readonly Definition[] {
  if (definitions.length < 2) return definitions;
  const joined: Definition[] = [];
  let open: Map<string, Definition[]> | undefined;
  for (const definition of definitions) {
    const { value, origin, append } = definition;
    if (value.kind !== 'object' || append) {
      open = undefined;
      joined.push(definition);
      continue;
    }
    if (open === undefined) open = new Map();
    else joined.pop();
    for (const [key, inner] of value.fields) {
      const held = open.get(key);
      if (held === undefined) open.set(key, [...inner]);
      else held.push(...inner);
    }
    joined.push({ value: { kind: 'object', fields: open, origin: value.origin }, origin, append: false });
  }
  return joined;
}

function concatenate(nodes: readonly HoconNode[], { origin }: Concatenation): HoconNode | undefined {
  const [first] = nodes;
  if (first === undefined || nodes.length === 1) return first;
  if (nodes.every((node) => node.kind === 'object')) return nodes.reduce<HoconNode>(mergeNodes, first);
  if (nodes.every((node) => node.kind === 'array'))
    return arrayNode(
      nodes.flatMap((node) => node.items),
      origin,
    );
  if (!nodes.every((node) => node.kind === 'scalar')) {
    const wrong = nodes.find((node) => node.kind !== first.kind) ?? first;
    throw new HoconError(
      wrong.origin,
      `${kindName(first)} and ${kindName(wrong)} cannot be joined; a key, a comma or a line break is missing before this value`,
    );
  }
  const text = nodes.map((node) => node.text).join('');
  if (text.length > MAX_TEXT) throw new HoconError(origin, 'the substitutions make this text too large');
  return textScalar(
    text,
    origin,
    nodes.some((node) => node.quoted),
  );
}

function kindName(node: HoconNode): string {
  if (node.kind === 'scalar') return 'a text';
  return node.kind === 'array' ? 'an array' : 'an object';
}

/** A scalar taken from elsewhere is reported where it is used. */
function moved(node: HoconNode, origin: Origin): HoconNode {
  return node.kind === 'scalar' ? { ...node, origin } : node;
}

function cycle(origin: Origin): HoconError {
  return new HoconError(origin, 'this substitution leads back to itself; remove one of the references');
}

function unresolved(reference: Reference): HoconError {
  const path = reference.path.join('.');
  return new HoconError(
    reference.origin,
    `\${${path}} refers to a key that is not set; set \`${path}\`, write \${?${path}} if it may be absent, or quote the text if it is a template`,
  );
}
