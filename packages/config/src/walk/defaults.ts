import { z } from 'zod';
import { definitionOf, optionsFor, type Schema, wrapped } from './schema-walk.ts';

/** The user's own text values with the defaults beside them, as a user would write them. */
export function fillDefaults(schema: Schema, value: unknown): unknown {
  const definition = definitionOf(schema);
  if (value === undefined) {
    const written = writtenDefault(schema);
    return written === undefined ? undefined : fillDefaults(inside(schema), written);
  }
  switch (definition.type) {
    case 'object':
      return isRecord(value) ? fillObject(definition.shape, value) : value;
    case 'record':
      return isRecord(value) ? mapMembers(value, (member) => fillDefaults(definition.valueType, member)) : value;
    case 'array':
      return Array.isArray(value) ? value.map((item) => fillDefaults(definition.element, item)) : value;
    case 'union':
      return fillUnion(definition.options, value);
    case 'intersection':
      return fillDefaults(definition.right, fillDefaults(definition.left, value));
    default: {
      const inner = wrapped(schema);
      return inner === undefined ? value : fillDefaults(inner, value);
    }
  }
}

function fillObject(shape: Readonly<Record<string, Schema>>, value: Record<string, unknown>): Record<string, unknown> {
  const result = { ...value };
  for (const [key, schema] of Object.entries(shape)) {
    const filled = fillDefaults(schema, value[key]);
    if (filled !== undefined) result[key] = filled;
  }
  return result;
}

function fillUnion(options: readonly Schema[], value: unknown): unknown {
  const [best] = isRecord(value) || Array.isArray(value) ? optionsFor(options, () => value) : [];
  return best === undefined ? value : fillDefaults(best, value);
}

/** The default of a schema in the form that users write; undefined when it has none. */
function writtenDefault(schema: Schema): unknown {
  const definition = definitionOf(schema);
  if (definition.type === 'prefault') return definition.defaultValue;
  if (definition.type === 'default') return encoded(definition.innerType, definition.defaultValue);
  const isOptional = definition.type === 'optional';
  const inner = isOptional ? undefined : wrapped(schema);
  return inner === undefined ? undefined : writtenDefault(inner);
}

function encoded(schema: Schema, value: unknown): unknown {
  const result = z.safeEncode(schema, value);
  return result.success ? result.data : value;
}

function inside(schema: Schema): Schema {
  return wrapped(schema) ?? schema;
}

function mapMembers(value: Record<string, unknown>, map: (member: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
