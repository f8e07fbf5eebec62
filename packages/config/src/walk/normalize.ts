import {
  type HoconField,
  type HoconNode,
  type HoconObject,
  type HoconScalar,
  isIndexed,
  overrideElements,
  toValue,
} from '@millrace/hocon';
import { childSchema, core, definitionOf, knownKeys, metaOf, type Schema } from './schema-walk.ts';

/**
 * Brings one layer into the spelling of the schema, so that layers merge by the same names: older names become today's,
 * and unquoted words and numbers become text where text is wanted.
 */
export function normalizeLayer(node: HoconNode, schema: Schema): HoconNode {
  return normalize(node, schema, false);
}

/** The same for the merged tree, where an object of 1-based indexes is also read as the array it stands for. */
export function normalizeMerged(node: HoconNode, schema: Schema): HoconNode {
  return normalize(node, schema, true);
}

function normalize(node: HoconNode, schema: Schema, isMerged: boolean): HoconNode {
  if (node.kind === 'object') return normalizeObject(node, schema, isMerged);
  if (node.kind === 'scalar') return wantsText(core(schema)) ? asText(node) : node;
  const element = childSchema(schema, '0') ?? schema;
  return { ...node, items: node.items.map((item) => normalize(item, element, isMerged)) };
}

function normalizeObject(node: HoconObject, schema: Schema, isMerged: boolean): HoconNode {
  if (isMerged && wantsArray(core(schema)) && isIndexed(node)) {
    return normalize(overrideElements(undefined, node), schema, true);
  }
  const renamed = withCurrentNames(node, schema);
  const value = () => toValue(renamed);
  const fields = new Map<string, HoconField>();
  for (const [key, field] of renamed.fields) {
    const child = indexedElement(schema, key) ?? childSchema(schema, key, value);
    fields.set(key, child === undefined ? field : { ...field, value: normalize(field.value, child, isMerged) });
  }
  return { ...renamed, fields };
}

/** Today's name wins when both are written in one layer. */
function withCurrentNames(node: HoconObject, schema: Schema): HoconObject {
  const value = () => toValue(node);
  const fields = new Map(node.fields);
  for (const name of knownKeys(schema, value)) {
    for (const alias of aliasesOf(schema, name)) {
      const older = fields.get(alias);
      if (older === undefined) continue;
      fields.delete(alias);
      if (!fields.has(name)) fields.set(name, older);
    }
  }
  return { ...node, fields };
}

function aliasesOf(schema: Schema, name: string): readonly string[] {
  const child = childSchema(schema, name);
  return child === undefined ? [] : (metaOf(child).aliases ?? []);
}

/** Today's name of an older spelling. */
export function aliasTarget(schema: Schema, alias: string): string | undefined {
  return knownKeys(schema).find((name) => aliasesOf(schema, name).includes(alias));
}

function indexedElement(schema: Schema, key: string): Schema | undefined {
  const definition = definitionOf(core(schema));
  return definition.type === 'array' && /^[1-9]\d*$/.test(key) ? definition.element : undefined;
}

function asText(node: HoconScalar): HoconScalar {
  return node.quoted || node.value === null ? node : { ...node, value: node.text };
}

function wantsArray(schema: Schema): boolean {
  const definition = definitionOf(schema);
  if (definition.type !== 'union') return definition.type === 'array';
  const kinds = definition.options.map((option) => definitionOf(core(option)).type);
  return kinds.includes('array') && !kinds.includes('record');
}

/** True when the schema takes text and nothing else that an unquoted word could be. */
function wantsText(schema: Schema): boolean {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'string':
      return true;
    case 'enum':
      return Object.values(definition.entries).every((value) => typeof value === 'string');
    case 'literal':
      return definition.values.every((value) => typeof value === 'string');
    case 'union':
      return unionWantsText(definition.options.map(core));
    default:
      return false;
  }
}

function unionWantsText(options: readonly Schema[]): boolean {
  return !options.some(takesWords) && options.some(wantsText);
}

/** True when an unquoted word may mean something else than its text. */
function takesWords(schema: Schema): boolean {
  const definition = definitionOf(schema);
  if (definition.type === 'union') return definition.options.map(core).some(takesWords);
  return ['number', 'boolean', 'unknown', 'any', 'custom'].includes(definition.type);
}
