import { bitsText, textOf } from './bytes.ts';
import { Bits, Float, type Value } from './value.ts';

/**
 * Compact JSON of a value. Floats keep a point or an exponent, big integers are exact, bytes are read as UTF-8,
 * undefined is the string `"undefined"`. Non-ASCII and `/` are left as they are.
 */
export function stringifyJson(value: Value): string {
  return isPlain(value) ? JSON.stringify(value) : encode(value);
}

/** True when JavaScript's own JSON says the same; the common outputs are, and it is several times faster. */
function isPlain(value: Value): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    case 'object':
      return value === null || isPlainContainer(value);
    default:
      return false;
  }
}

function isPlainContainer(value: object): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (value instanceof Float || value instanceof Uint8Array || value instanceof Bits) return false;
  const object = value as Readonly<Record<string, Value>>;
  for (const key in object) {
    if (!isPlain(object[key])) return false;
  }
  return true;
}

function encode(value: Value): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'undefined':
      return '"undefined"';
    case 'object':
      return value === null ? 'null' : encodeContainer(value);
    default:
      return String(value);
  }
}

function encodeContainer(value: Exclude<Value, string | number | bigint | boolean | undefined | null>): string {
  if (value instanceof Float) return floatJson(value.value);
  if (value instanceof Uint8Array) return JSON.stringify(textOf(value));
  if (value instanceof Bits) return JSON.stringify(bitsText(value));
  if (Array.isArray(value)) return `[${value.map(encode).join(',')}]`;
  let members = '';
  for (const [key, member] of Object.entries(value)) {
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${encode(member)}`;
  }
  return `{${members}}`;
}

/** The shortest text of an integral float that reads back as the same float. */
function floatJson(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const shortest = String(value);
  return shortest.includes('e') ? shortest : `${shortest}.0`;
}
