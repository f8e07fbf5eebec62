import { textOf } from './bytes.ts';
import { JsonSyntaxError, parsePrecisely } from './json-precise.ts';
import { needsPreciseParser } from './json-scan.ts';
import type { Value } from './value.ts';

/**
 * Reads one JSON text. Integers are exact at any size, `1.0` and `5e2` are floats, of equal keys the last wins.
 * Nesting deeper than 512 levels, and anything that is not JSON, throws {@link JsonSyntaxError}.
 */
export function parseJson(source: string | Uint8Array): Value {
  const text = textOf(source);
  if (needsPreciseParser(text)) return parsePrecisely(text);
  try {
    return JSON.parse(text) as Value;
  } catch {
    return failPrecisely(text);
  }
}

/** Finds the place of the error, which JavaScript's parser tells in words that change between releases. */
function failPrecisely(text: string): never {
  parsePrecisely(text);
  throw new JsonSyntaxError('the text is not JSON', 0);
}
