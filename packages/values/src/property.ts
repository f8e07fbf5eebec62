import type { ObjectValue } from './kind.ts';
import type { Value } from './value.ts';

/** The object's own value under a key; never something inherited such as `constructor`. */
export function ownProperty(object: ObjectValue, key: string): Value {
  const value = object[key];
  return value === undefined || Object.hasOwn(object, key) ? value : undefined;
}

/** Sets a key, also `__proto__`, which a plain assignment would take for the prototype. */
export function setProperty(object: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
