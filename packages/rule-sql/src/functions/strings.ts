import { isNumeric, isText, stringifyJson, toText, type Value } from '@millrace/values';
import { graphemeCount, graphemesOf } from '../evaluate/graphemes.ts';
import { checkTextLength, joinTexts, limited } from '../evaluate/text.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any, array, bytes, oneOf, optional, smallInteger, text } from './params.ts';

const define = familyOf('string');

/** Unicode's pattern white space. */
const BLANK = '[\\t-\\r \\u0085\\u200e\\u200f\\u2028\\u2029]';
const LEADING_BLANKS = new RegExp(`^${BLANK}+`, 'u');
const ENDS_BLANK = new RegExp(`^${BLANK}$`, 'u');

export const stringFunctions: readonly SqlFunction[] = [
  define({
    signature: 'lower(s)',
    summary: 'Text in lower case.',
    examples: [["lower('ÄB')", '"äb"']],
    params: [text],
    run: ([s]) => s.toLowerCase(),
  }),
  define({
    signature: 'upper(s)',
    summary: 'Text in upper case.',
    examples: [["upper('straße')", '"STRASSE"']],
    params: [text],
    run: ([s]) => limited(s.toUpperCase()),
  }),
  define({
    signature: 'trim(s)',
    summary: 'Text without white space at both ends.',
    examples: [["trim('  a b ')", '"a b"']],
    params: [text],
    run: ([s]) => trimEnd(s.replace(LEADING_BLANKS, '')),
  }),
  define({
    signature: 'ltrim(s)',
    summary: 'Text without white space at its beginning.',
    examples: [["ltrim('  a ')", '"a "']],
    params: [text],
    run: ([s]) => s.replace(LEADING_BLANKS, ''),
  }),
  define({
    signature: 'rtrim(s[, characters])',
    summary: 'Text without white space, or without those characters, at its end.',
    examples: [
      ["rtrim(' a ')", '" a"'],
      ["rtrim('1.500', '0')", '"1.5"'],
    ],
    params: [text, optional(text)],
    run: ([s, characters]) => (characters === undefined ? trimEnd(s) : trimSet(s, characters)),
  }),
  define({
    signature: 'strlen(s)',
    summary: 'Number of characters as people count them.',
    examples: [["strlen('häh')", '3']],
    params: [text],
    run: ([s]) => graphemeCount(s),
  }),
  define({
    signature: 'bytesize(s)',
    summary: 'Number of bytes.',
    examples: [["bytesize('é')", '2']],
    params: [bytes],
    run: ([s]) => s.length,
  }),
  define({
    signature: 'substr(s, start[, length])',
    summary: 'Part of a text from a position, which counts from 0.',
    examples: [
      ["substr('abcdef', 2)", '"cdef"'],
      ["substr('abcdef', 2, 3)", '"cde"'],
    ],
    params: [text, smallInteger, optional(smallInteger)],
    run: ([s, start, length]) => substring(s, start, length),
  }),
  define({
    signature: 'reverse(s)',
    summary: 'Text backwards.',
    examples: [["reverse('äbc')", '"cbä"']],
    params: [text],
    run: ([s]) => [...graphemesOf(s)].reverse().join(''),
  }),
  define({
    signature: 'concat(a, b)',
    summary: 'Texts of two values, joined.',
    examples: [["concat('a', 1.5)", '"a1.5"']],
    params: [any, any],
    run: (values) => joinTexts(values),
  }),
  define({
    signature: 'concat(array)',
    summary: 'Texts of all elements, joined.',
    examples: [["concat(['a', 1, true])", '"a1true"']],
    params: [array],
    run: ([values]) => joinTexts(values),
  }),
  define({
    signature: 'split(s, separator[, option])',
    summary: 'Parts of a text between separators; options notrim, leading, trailing, leading_notrim, trailing_notrim.',
    examples: [
      ["split('a//b', '/')", '["a","b"]'],
      ["split('a//b', '/', 'notrim')", '["a","","b"]'],
      ["split('a/b/c', '/', 'trailing')", '["a/b","c"]'],
    ],
    params: [text, text, optional(oneOf('notrim', 'leading', 'trailing', 'leading_notrim', 'trailing_notrim'))],
    run: ([s, separator, option]) => split(s, separator, option ?? ''),
  }),
  define({
    signature: 'tokens(s, separators[, option])',
    summary: "Parts of a text between any of the characters; with 'nocrlf' line ends separate too.",
    examples: [["tokens('a b;c', ' ;')", '["a","b","c"]']],
    params: [text, text, optional(oneOf('nocrlf'))],
    run: ([s, separators, option]) => tokens(s, separators, option === 'nocrlf'),
  }),
  define({
    signature: 'pad(s, length[, direction[, character]])',
    summary: 'Text filled up to a length; direction trailing (default), leading or both.',
    examples: [
      ["pad('5', 3, 'leading', '0')", '"005"'],
      ["pad('ab', 5, 'both', '-')", '"-ab--"'],
    ],
    params: [text, smallInteger, optional(oneOf('trailing', 'leading', 'both')), optional(text)],
    run: ([s, length, direction, character]) => pad(s, length, direction ?? 'trailing', character ?? ' '),
  }),
  define({
    signature: 'replace(s, pattern, replacement[, where])',
    summary: 'Text with all, the leading or the trailing occurrence of a text replaced.',
    examples: [
      ["replace('aXbX', 'X', '-')", '"a-b-"'],
      ["replace('aXbX', 'X', '-', 'trailing')", '"aXb-"'],
    ],
    params: [text, text, text, optional(oneOf('all', 'leading', 'trailing'))],
    run: ([s, pattern, replacement, where]) => replace(s, pattern, replacement, where ?? 'all'),
  }),
  define({
    signature: 'find(s, pattern[, direction])',
    summary: 'Rest of a text from the leading or trailing occurrence of a text; empty when there is none.',
    examples: [
      ["find('a,b,c', ',')", '",b,c"'],
      ["find('a,b,c', ',', 'trailing')", '",c"'],
    ],
    params: [text, text, optional(oneOf('leading', 'trailing'))],
    run: ([s, pattern, direction]) => find(s, pattern, direction ?? 'leading'),
  }),
  define({
    signature: 'rm_prefix(s, prefix)',
    summary: 'Text without that beginning, or the text itself.',
    examples: [["rm_prefix('foo/bar', 'foo/')", '"bar"']],
    params: [text, text],
    run: ([s, prefix]) => (s.startsWith(prefix) ? s.slice(prefix.length) : s),
  }),
  define({
    signature: 'ascii(s)',
    summary: 'First byte as an integer; an empty text fails.',
    examples: [["ascii('a')", '97']],
    params: [bytes],
    run: ([s]) => s[0] ?? refuse('ascii of an empty text'),
  }),
  define({
    signature: 'unescape(s)',
    summary: 'Text with \\n, \\t, \\x41 and the like replaced by what they stand for.',
    examples: [["unescape('it\\x27s')", '"it\'s"']],
    params: [text],
    run: ([s]) => unescape(s),
  }),
  define({
    signature: 'join_to_string(array)',
    summary: "Texts of all elements, with ', ' between.",
    examples: [["join_to_string(['a', 1, 2.0])", '"a, 1, 2.0"']],
    params: [array],
    run: ([values]) => joinTexts(values, ', '),
  }),
  define({
    signature: 'join_to_string(separator, array)',
    summary: 'Texts of all elements, with the separator between.',
    examples: [["join_to_string('-', ['a', 1])", '"a-1"']],
    params: [text, array],
    run: ([separator, values]) => joinTexts(values, separator),
  }),
  define({
    signature: 'join_to_sql_values_string(array)',
    summary: 'Elements as they are written between the parentheses of SQL VALUES.',
    examples: [["join_to_sql_values_string(['a', 1, missing])", '"\'a\', 1, NULL"']],
    params: [array],
    run: ([values]) => limited(values.map(sqlLiteral).join(', ')),
  }),
];

/** A pattern anchored at the end would look at every blank inside the text. */
function trimEnd(s: string): string {
  let end = s.length;
  while (end > 0 && ENDS_BLANK.test(s.charAt(end - 1))) end -= 1;
  return s.slice(0, end);
}

function trimSet(s: string, characters: string): string {
  const set = new Set(graphemesOf(characters));
  const clusters = graphemesOf(s);
  const last = clusters.findLastIndex((cluster) => !set.has(cluster));
  return clusters.slice(0, last + 1).join('');
}

function substring(s: string, start: number, length: number | undefined): string {
  if (start < 0 || (length !== undefined && length < 0))
    refuse('substr takes a position and a length that are not negative');
  return graphemesOf(s)
    .slice(start, length === undefined ? undefined : start + length)
    .join('');
}

function split(s: string, separator: string, option: string): readonly string[] {
  const parts = separator === '' ? [s] : cut(s, separator, option);
  return option.endsWith('notrim') ? parts : parts.filter((part) => part !== '');
}

function cut(s: string, separator: string, option: string): readonly string[] {
  if (option.startsWith('leading')) return splitAt(s, s.indexOf(separator), separator.length);
  return option.startsWith('trailing') ? splitAt(s, s.lastIndexOf(separator), separator.length) : s.split(separator);
}

function splitAt(s: string, at: number, length: number): readonly string[] {
  return at === -1 ? [s] : [s.slice(0, at), s.slice(at + length)];
}

function tokens(s: string, separators: string, withLineEnds: boolean): readonly string[] {
  const set = new Set(graphemesOf(separators));
  if (withLineEnds) for (const lineEnd of ['\r', '\n', '\r\n']) set.add(lineEnd);
  const parts: string[] = [];
  let part = '';
  for (const cluster of graphemesOf(s)) {
    if (!set.has(cluster)) {
      part += cluster;
    } else if (part !== '') {
      parts.push(part);
      part = '';
    }
  }
  return part === '' ? parts : [...parts, part];
}

function pad(s: string, length: number, direction: 'trailing' | 'leading' | 'both', character: string): string {
  if (length < 0) refuse('pad takes a length that is not negative');
  const missing = Math.max(0, length - graphemeCount(s));
  checkTextLength(s.length + missing * character.length);
  const before = direction === 'leading' ? missing : direction === 'both' ? Math.floor(missing / 2) : 0;
  return character.repeat(before) + s + character.repeat(missing - before);
}

function replace(s: string, pattern: string, replacement: string, where: 'all' | 'leading' | 'trailing'): string {
  if (pattern === '') return s;
  if (where === 'all') {
    const parts = s.split(pattern);
    checkTextLength(s.length + (parts.length - 1) * replacement.length);
    return parts.join(replacement);
  }
  const at = where === 'leading' ? s.indexOf(pattern) : s.lastIndexOf(pattern);
  return at === -1 ? s : s.slice(0, at) + replacement + s.slice(at + pattern.length);
}

function find(s: string, pattern: string, direction: 'leading' | 'trailing'): string {
  const at = direction === 'leading' ? s.indexOf(pattern) : s.lastIndexOf(pattern);
  return at === -1 ? '' : s.slice(at);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '?': '?',
  a: '\u0007',
};

function unescape(s: string): string {
  return s.replace(/\\(?:x([0-9a-fA-F]+)|([^]?))/gu, (_, digits: string | undefined, letter: string | undefined) => {
    if (digits !== undefined) return characterOf(Number.parseInt(digits, 16));
    return ESCAPES[letter ?? ''] ?? refuse('unescape meets an unknown escape');
  });
}

function characterOf(code: number): string {
  const isCharacter = code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return isCharacter ? String.fromCodePoint(code) : refuse('unescape meets a number that is no character');
}

function sqlLiteral(value: Value): string {
  if (value === undefined) return 'NULL';
  if (isNumeric(value)) return toText(value);
  const isScalar = isText(value) || typeof value === 'boolean' || value === null;
  return quoted(isScalar ? toText(value) : stringifyJson(value));
}

function quoted(s: string): string {
  return `'${s.replace(/[\\']/g, '\\$&')}'`;
}
