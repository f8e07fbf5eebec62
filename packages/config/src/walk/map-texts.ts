import { childSchema, knownKeys, type Schema } from './schema-walk.ts';

export interface TextPlace {
  readonly schema: Schema;
  /** Name of the member that holds the text; empty at the top. */
  readonly key: string;
  /** True when the schema does not give the name itself: members of maps, and everything that is kept unseen. */
  readonly isFreeName: boolean;
  readonly path: readonly string[];
}

/** Copies a value and replaces its scalars (texts and numbers) by what `map` makes of them. */
export function mapScalars(
  schema: Schema,
  value: unknown,
  map: (value: string | number, place: TextPlace) => unknown,
): unknown {
  return visit(value, { schema, key: '', isFreeName: false, path: [] }, map);
}

function visit(value: unknown, place: TextPlace, map: (value: string | number, place: TextPlace) => unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number') return map(value, place);
  if (typeof value !== 'object' || value === null) return value;
  const known = new Set(knownKeys(place.schema, () => value));
  const member = (key: string, item: unknown): unknown => {
    const schema = childSchema(place.schema, key, () => value) ?? place.schema;
    return visit(item, { schema, key, isFreeName: !known.has(key), path: [...place.path, key] }, map);
  };
  if (Array.isArray(value)) return value.map((item, index) => member(String(index), item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, member(key, item)]));
}
