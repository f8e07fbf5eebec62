import { Bits, Float, type Value } from './value.ts';

/** An object value: string keys, values of any kind. */
export type ObjectValue = { readonly [key: string]: Value };

/** True for a string in either form. */
export function isText(value: Value): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** True for an array value. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** True for an object value; arrays, bytes and boxed numbers are not objects. */
export function isObject(value: Value): value is ObjectValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Bits)
  );
}

/** True for an integer of any size. */
export function isInteger(value: Value): value is number | bigint {
  return typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint';
}

/** True for a float, boxed or not. No type guard: a `number` that is no float is still a number. */
export function isFloat(value: Value): boolean {
  return typeof value === 'number' ? !Number.isInteger(value) : value instanceof Float;
}

/** True for an integer or a float. */
export function isNumeric(value: Value): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
}

/** The integer value of a big integer: a `number` inside the safe range. */
export function integerOf(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The float value of a finite JavaScript number: boxed when it is integral. */
export function floatOf(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}
