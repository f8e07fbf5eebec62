/**
 * A value of rule SQL, as `rule-sql` computes it and templates and sinks read it.
 *
 * - integer: a `number` that is a safe integer, or a `bigint` beyond (never a `bigint` inside the safe range)
 * - float: a `number` with a fractional part, or a {@link Float} when its value is integral (`1.0` is not `1`)
 * - string: a JavaScript string, or its bytes as `Uint8Array` (a raw payload, a binary result; not always valid UTF-8).
 *   Both forms of the same text are the same string.
 * - `undefined` is "no value"; `null` is JSON's null
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | Float
  | string
  | Uint8Array
  | Bits
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A float whose value is an integer, kept apart from the integer. Its `value` is finite. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A string of bits whose count need not be a multiple of 8; the last byte is padded with zero bits on the right. */
export class Bits {
  readonly bytes: Uint8Array;
  readonly length: number;

  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.length = length;
  }
}
