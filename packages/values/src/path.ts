import { parseJson } from './json-parse.ts';
import { isObject, isText } from './kind.ts';
import { ownProperty } from './property.ts';
import type { Value } from './value.ts';

/** How a path reads a string it has to step into; a caller may keep the last answer. */
export type JsonReader = (text: string | Uint8Array) => Value;

/**
 * The value at a path of keys; the empty path is the root. A string met on the way is read as JSON, once: text inside
 * that JSON is not read again. Missing keys, text that is not JSON and steps into arrays or scalars are undefined.
 */
export function getPath(root: Value, path: readonly string[], read: JsonReader = readJson): Value {
  let value = root;
  let isDecoded = false;
  for (const key of path) {
    if (isText(value) && !isDecoded) {
      value = read(value);
      isDecoded = true;
    }
    if (!isObject(value)) return undefined;
    value = ownProperty(value, key);
  }
  return value;
}

/** The value of a JSON text, undefined when it is none. */
export function readJson(text: string | Uint8Array): Value {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
