import { z } from 'zod';

/**
 * Walking a schema beside a value. Everything that depends on where a value stands (names that are known, secrets,
 * defaults, older spellings, file paths) is read from the one schema that also validates.
 */
export type Schema = z.core.$ZodType;

/** A value that is only made when a union has to choose between its options. */
export type LazyValue = () => unknown;

/** What schemas say about themselves; see `FieldMeta` of the contract. */
export interface Meta {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly advanced?: boolean;
  readonly since?: string;
  readonly aliases?: readonly string[];
  readonly format?: string;
  readonly writeOnly?: boolean;
}

const ANYTHING = z.unknown();

export function definitionOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema under its wrappers, as the user's text meets it: of a codec, the side that is written. */
export function core(schema: Schema): Schema {
  const inner = wrapped(schema);
  return inner === undefined ? schema : core(inner);
}

/** The schema that a wrapper wraps; undefined when the schema is none. */
export function wrapped(schema: Schema): Schema | undefined {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
    case 'default':
    case 'prefault':
      return definition.innerType;
    case 'lazy':
      return definition.getter();
    case 'pipe':
      return definitionOf(definition.in).type === 'transform' ? definition.out : definition.in;
    default:
      return undefined;
  }
}

/** The outermost word wins: a field may describe a shared schema anew. */
export function metaOf(schema: Schema): Meta {
  const inner = wrapped(schema);
  return { ...(inner && metaOf(inner)), ...(z.globalRegistry.get(schema) as Meta | undefined) };
}

/** The schema of a member; undefined when the name is not known. `value` is the whole that the member belongs to. */
export function childSchema(schema: Schema, key: string, value?: LazyValue): Schema | undefined {
  const inner = core(schema);
  const definition = definitionOf(inner);
  switch (definition.type) {
    case 'object':
      return Object.hasOwn(definition.shape, key) ? definition.shape[key] : looseMember(definition.catchall);
    case 'record':
      return definition.valueType;
    case 'array':
      return /^\d+$/.test(key) ? definition.element : undefined;
    case 'union':
      return firstDefined(optionsFor(definition.options, value), (option) => childSchema(option, key, value));
    case 'intersection':
      return firstDefined([definition.left, definition.right], (side) => childSchema(side, key, value));
    case 'any':
    case 'unknown':
    case 'custom':
      return ANYTHING;
    default:
      return undefined;
  }
}

/** The schema at a path; undefined when a step is not known. */
export function schemaAt(schema: Schema, path: readonly string[], value?: LazyValue): Schema | undefined {
  let current: Schema | undefined = schema;
  let currentValue: LazyValue | undefined = value;
  for (const step of path) {
    if (current === undefined) return undefined;
    current = childSchema(current, step, currentValue);
    const parent: LazyValue | undefined = currentValue;
    currentValue = parent && (() => memberOf(parent(), step));
  }
  return current;
}

/** Names of the members that a schema knows; empty for maps and arrays. */
export function knownKeys(schema: Schema, value?: LazyValue): string[] {
  const definition = definitionOf(core(schema));
  if (definition.type === 'object') return Object.keys(definition.shape);
  if (definition.type === 'intersection')
    return [definition.left, definition.right].flatMap((side) => knownKeys(side, value));
  if (definition.type !== 'union') return [];
  const [best] = optionsFor(definition.options, value);
  return best === undefined ? [] : knownKeys(best, value);
}

/** True when any content is taken as it is. */
export function isLoose(schema: Schema): boolean {
  return ['unknown', 'any', 'custom'].includes(definitionOf(core(schema)).type);
}

/** The options of a union, the one that fits the value best first. */
export function optionsFor(options: readonly Schema[], value: LazyValue | undefined): readonly Schema[] {
  const concrete = value?.();
  if (concrete === undefined) return options;
  const ranked = options.map((option) => ({ option, misfit: misfit(option, concrete) }));
  return ranked.sort((left, right) => left.misfit - right.misfit).map(({ option }) => option);
}

export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function looseMember(catchall: Schema | undefined): Schema | undefined {
  return catchall === undefined || definitionOf(catchall).type === 'never' ? undefined : catchall;
}

/** A wrong tag (`mechanism`, `mongo_type`) weighs most, then the number of unknown names. */
function misfit(option: Schema, value: unknown): number {
  if (z.safeParse(option, value).success) return 0;
  const definition = definitionOf(core(option));
  if (definition.type !== 'object' || typeof value !== 'object' || value === null) return 10_000;
  let result = 1;
  for (const [key, member] of Object.entries(value)) {
    const schema = definition.shape[key];
    if (schema === undefined) result += 1;
    else if (isTag(schema) && !z.safeParse(schema, member).success) result += 1000;
  }
  return result;
}

function isTag(schema: Schema): boolean {
  return ['literal', 'enum'].includes(definitionOf(core(schema)).type);
}

function firstDefined<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
