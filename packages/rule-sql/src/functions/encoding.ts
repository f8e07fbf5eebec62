import { isText, parseJson, stringifyJson, textOf } from '@millrace/values';
import { decodeTerm, encodeTerm } from '../evaluate/external-term.ts';
import { limited } from '../evaluate/text.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any, bytes, optional, pureText } from './params.ts';

const define = familyOf('encoding');

export const encodingFunctions: readonly SqlFunction[] = [
  define({
    signature: 'base64_encode(s[, option[, option]])',
    summary: "Bytes as base64; options 'no_padding' and 'urlsafe'.",
    examples: [
      ["base64_encode('abcd')", '"YWJjZA=="'],
      ["base64_encode('abcd', 'no_padding')", '"YWJjZA"'],
    ],
    params: [bytes, optional(any), optional(any)],
    run: ([s, ...options]) => encodeBase64(s, options.map(wordOf)),
  }),
  define({
    signature: 'base64_decode(s[, option[, option]])',
    summary: "Bytes that base64 stands for; options 'no_padding' and 'urlsafe'.",
    examples: [["base64_decode('YWJjZA==')", '"abcd"']],
    params: [bytes, optional(any), optional(any)],
    run: ([s, ...options]) => decodeBase64(textOf(s), options.map(wordOf)),
  }),
  define({
    signature: 'json_encode(x)',
    summary: 'JSON text of any value.',
    examples: [["json_encode([1, 2.0, 'a'])", '"[1,2.0,\\"a\\"]"']],
    params: [any],
    run: ([x]) => limited(stringifyJson(x)),
  }),
  define({
    signature: 'json_decode(s)',
    summary: 'Value of JSON text.',
    examples: [[`json_decode('{"a":[1.0]}')`, '{"a":[1.0]}']],
    params: [pureText],
    run: ([s]) => decodeJson(s),
  }),
  define({
    signature: 'term_encode(x)',
    summary: "Any value in Erlang's external term format.",
    examples: [["bin2hexstr(term_encode('a'))", '"836D0000000161"']],
    params: [any],
    run: ([x]) => encodeTerm(x),
  }),
  define({
    signature: 'term_decode(s)',
    summary: "Value of Erlang's external term format.",
    examples: [['term_decode(term_encode([1, 2.5]))', '[1,2.5]']],
    params: [bytes],
    run: ([s]) => decodeErlang(s),
  }),
];

function wordOf(option: unknown): string {
  return isText(option as never) ? textOf(option as never) : '';
}

function encodeBase64(data: Buffer, options: readonly string[]): string {
  const text = data.toString(options.includes('urlsafe') ? 'base64url' : 'base64');
  if (options.includes('no_padding')) return text.replace(/=+$/, '');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function decodeBase64(text: string, options: readonly string[]): Buffer {
  const alphabet = options.includes('urlsafe') ? /^[A-Za-z0-9_-]*={0,2}$/ : /^[A-Za-z0-9+/]*={0,2}$/;
  const compact = text.replace(/[ \t\r\n]+/g, '');
  const isWhole = options.includes('no_padding') ? compact.length % 4 !== 1 : compact.length % 4 === 0;
  if (!alphabet.test(compact) || !isWhole) refuse('the text is not base64');
  return Buffer.from(compact, 'base64');
}

function decodeJson(text: string) {
  try {
    return parseJson(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'the text is not JSON');
  }
}

function decodeErlang(data: Buffer) {
  try {
    return decodeTerm(data);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'the data is no term');
  }
}
