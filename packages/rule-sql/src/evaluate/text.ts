import { bytesOf, isText, toText, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';

/** Characters a string may grow to. A statement can double a string with each field, so there must be an end. */
export const MAX_TEXT = 1 << 24;

/** The texts of all values, joined. Bytes stay bytes, since they need not be UTF-8. */
export function joinTexts(values: readonly Value[], separator: string | Uint8Array = ''): string | Uint8Array {
  if (typeof separator === 'string' && values.every((value) => !(value instanceof Uint8Array))) {
    return limited(values.map(toText).join(separator));
  }
  const pieces: Uint8Array[] = [];
  for (const [index, value] of values.entries()) {
    if (index > 0) pieces.push(bytesOf(separator));
    pieces.push(bytesOf(isText(value) ? value : toText(value)));
  }
  return limited(Buffer.concat(pieces));
}

/** The string itself, or a failure when it is too long. */
export function limited<T extends string | Uint8Array>(text: T): T {
  if (text.length > MAX_TEXT) throw tooLong();
  return text;
}

/** Says no before a long string is made. */
export function checkTextLength(length: number): void {
  if (length > MAX_TEXT) throw tooLong();
}

function tooLong(): SqlFailure {
  return new SqlFailure('string_too_long', `a string would be longer than ${MAX_TEXT} characters`);
}
