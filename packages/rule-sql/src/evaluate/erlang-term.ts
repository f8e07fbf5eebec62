import {
  Bits,
  bytesOf,
  Float,
  floatOf,
  isArray,
  isText,
  stringifyJson,
  textOf,
  toText,
  type Value,
} from '@millrace/values';

/** A value as Erlang prints it: `<<"text">>`, `#{<<"key">> => 1}`. With `asStrings`, arrays of printable codes as text. */
export function printTerm(value: Value, asStrings: boolean): string {
  if (isText(value)) return printBinary(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return stringifyJson(floatOf(value));
  if (value instanceof Float) return stringifyJson(value);
  if (value instanceof Bits || typeof value !== 'object' || value === null) return toText(value);
  if (isArray(value)) return printList(value, asStrings);
  const members = Object.entries(value).map(
    ([key, member]) => `${printBinary(key)} => ${printTerm(member, asStrings)}`,
  );
  return `#{${members.join(',')}}`;
}

function printList(list: readonly Value[], asStrings: boolean): string {
  if (asStrings && list.length > 0 && list.every(isPrintableByte))
    return `"${escaped(list.map((code) => String.fromCharCode(code)).join(''))}"`;
  return `[${list.map((item) => printTerm(item, asStrings)).join(',')}]`;
}

function isPrintableByte(value: Value): value is number {
  return typeof value === 'number' && ((value >= 32 && value <= 126) || (value >= 8 && value <= 13) || value === 27);
}

function printBinary(value: string | Uint8Array): string {
  const text = textOf(value);
  if (bytesOf(value).every(isPrintableByte)) return `<<"${escaped(text)}">>`;
  return `<<${[...bytesOf(value)].join(',')}>>`;
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}
