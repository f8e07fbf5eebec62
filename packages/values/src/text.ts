import { bitsText, textOf } from './bytes.ts';
import { stringifyJson } from './json-stringify.ts';
import { Bits, Float, type Value } from './value.ts';

const DECIMALS = 10;
/** From here on `toFixed` switches to an exponent. */
const FIXED_LIMIT = 1e21;

/** The text conversion of rule SQL, used by `str`, `concat`, `+` and templates. Never fails. */
export function toText(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) ? String(value) : floatText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'undefined';
    default:
      return objectText(value);
  }
}

function objectText(value: Exclude<Value, string | number | bigint | boolean | undefined>): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return textOf(value);
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Bits) return bitsText(value);
  if (Array.isArray(value) && value.every(isPrintableCode))
    return value.map((code) => String.fromCodePoint(code)).join('');
  return stringifyJson(value);
}

/** A float with at most ten decimals, at least one, and never an exponent. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (Math.abs(value) >= FIXED_LIMIT) return `${BigInt(value)}.0`;
  return trimDecimals(value.toFixed(DECIMALS));
}

/** Cuts trailing zeros after the point but keeps one digit there. */
export function trimDecimals(fixed: string): string {
  let end = fixed.length;
  while (fixed.charCodeAt(end - 1) === 0x30 && fixed.charCodeAt(end - 2) !== 0x2e) end -= 1;
  return fixed.slice(0, end);
}

/** EMQX prints an array made only of printable character codes as those characters, an empty one as nothing. */
function isPrintableCode(code: Value): code is number {
  if (typeof code !== 'number' || !Number.isInteger(code)) return false;
  if (code < 160) return (code >= 32 && code <= 126) || (code >= 8 && code <= 13) || code === 27;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x1_00_00 && code <= 0x10_ff_ff);
}
