import { HoconError } from './hocon-error.ts';
import type { Source } from './origin.ts';

export interface QuotedString {
  readonly text: string;
  /** Offset behind the closing quote. */
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
};

/** Reads the string whose first quote is at `start`: `"…"`, `"""…"""` or the indented `"""~ … ~"""`. */
export function readQuoted(source: Source, start: number): QuotedString {
  if (!source.text.startsWith('"""', start)) return readSimple(source, start);
  return source.text[start + 3] === '~' ? readIndented(source, start) : readTriple(source, start);
}

function readSimple(source: Source, start: number): QuotedString {
  const { text } = source;
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  if (text[at] !== '"') {
    throw new HoconError(
      source.origin(start),
      'this string has no closing quote; add `"`, or use `"""` for a text of several lines',
    );
  }
  return { text: unescape(source, start + 1, at, true), end: at + 1 };
}

function readTriple(source: Source, start: number): QuotedString {
  let close = closingTriple(source, start, start + 3);
  // Further quotes belong to the string: `"""a""""` is `a"`.
  while (source.text[close + 3] === '"') close++;
  return { text: unescape(source, start + 3, close, false), end: close + 3 };
}

function readIndented(source: Source, start: number): QuotedString {
  const firstBreak = source.text.indexOf('\n', start);
  const opening = firstBreak < 0 ? source.text.slice(start + 4) : source.text.slice(start + 4, firstBreak);
  if (firstBreak < 0 || opening.trim() !== '') {
    throw new HoconError(source.origin(start + 4), 'a line break must follow `"""~`; the text starts on the next line');
  }
  const close = closingTriple(source, start, firstBreak);
  const end = source.text[close - 1] === '~' ? close - 1 : close;
  return { text: withoutIndent(source.text.slice(firstBreak + 1, Math.max(end, firstBreak + 1))), end: close + 3 };
}

function closingTriple(source: Source, start: number, from: number): number {
  const close = source.text.indexOf('"""', from);
  if (close >= 0) return close;
  throw new HoconError(source.origin(start), 'this text has no closing `"""`; add it behind the last line');
}

function withoutIndent(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = indents.length === 0 ? Infinity : Math.min(...indents);
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length))).join('\n');
}

/** In a triple-quoted text an unknown escape stays as written (regular expressions); in a simple string it is an error. */
function unescape(source: Source, from: number, to: number, strict: boolean): string {
  const { text } = source;
  let result = '';
  let copied = from;
  for (let at = text.indexOf('\\', from); at >= 0 && at < to; at = text.indexOf('\\', at)) {
    const [decoded, length] = decodeEscape(source, at, strict);
    result += text.slice(copied, at) + decoded;
    at += length;
    copied = at;
  }
  return result + text.slice(copied, to);
}

function decodeEscape(source: Source, at: number, strict: boolean): [decoded: string, length: number] {
  const letter = source.text[at + 1] ?? '';
  const simple = ESCAPES[letter];
  if (simple !== undefined) return [simple, 2];
  const digits = source.text.slice(at + 2, at + 6);
  if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(digits)) return [String.fromCharCode(Number.parseInt(digits, 16)), 6];
  if (!strict) return ['\\', 1];
  throw new HoconError(source.origin(at), `\`\\${letter}\` is no escape; write \`\\\\\` for a backslash`);
}
