import { HoconError } from './hocon-error.ts';
import type { Source } from './origin.ts';
import { readQuoted } from './quoted.ts';

export type Token =
  | { readonly kind: 'mark'; readonly text: Mark; readonly start: number; readonly end: number }
  | { readonly kind: 'word' | 'string'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'reference';
      readonly text: string;
      readonly optional: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'newline' | 'end'; readonly text: string; readonly start: number; readonly end: number };

export type Mark = '{' | '}' | '[' | ']' | ',' | '=' | ':' | '+=';

const MARKS: ReadonlySet<string> = new Set(['{', '}', '[', ']', ',', '=', ':']);
const SPACE = /[\t\r\v\f \u00A0\u2000-\u200A\u202F\u205F\u3000\uFEFF]/;
const NOT_IN_WORDS = /[\s$"{}[\]:=,+#`^?!*&\\\u00A0\uFEFF]/;

/** Splits a text into tokens; spaces and comments go, line breaks stay. */
export function tokenize(source: Source): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source.text, 0);
  while (at < source.text.length) {
    const token = nextToken(source, at);
    tokens.push(token);
    at = skipSpace(source.text, token.end);
  }
  tokens.push({ kind: 'end', text: 'the end of the file', start: at, end: at });
  return tokens;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const character = text[at];
    if (character === undefined) return at;
    if (character === '#' || (character === '/' && text[at + 1] === '/')) at = endOfLine(text, at);
    else if (SPACE.test(character)) at++;
    else return at;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function nextToken(source: Source, start: number): Token {
  const { text } = source;
  const character = text[start] ?? '';
  if (character === '\n') return { kind: 'newline', text: 'the end of the line', start, end: start + 1 };
  if (MARKS.has(character)) return { kind: 'mark', text: character as Mark, start, end: start + 1 };
  if (text.startsWith('+=', start)) return { kind: 'mark', text: '+=', start, end: start + 2 };
  if (character === '"') {
    const { text: decoded, end } = readQuoted(source, start);
    return { kind: 'string', text: decoded, start, end };
  }
  if (text.startsWith('${', start)) return readReference(source, start);
  return readWord(source, start);
}

function readReference(source: Source, start: number): Token {
  const { text } = source;
  const optional = text[start + 2] === '?';
  const from = start + (optional ? 3 : 2);
  const close = text.indexOf('}', from);
  const inner = text.slice(from, close);
  if (close < 0 || inner.includes('\n')) {
    throw new HoconError(source.origin(start), 'this substitution has no closing brace; write `${path.to.key}`');
  }
  return { kind: 'reference', text: inner.trim(), optional, start, end: close + 1 };
}

function readWord(source: Source, start: number): Token {
  const { text } = source;
  let end = start;
  while (end < text.length && isWordCharacter(text, end)) end++;
  if (end > start) return { kind: 'word', text: text.slice(start, end), start, end };
  throw new HoconError(
    source.origin(start),
    `\`${String.fromCodePoint(text.codePointAt(start) ?? 0)}\` cannot stand here; put the whole value in double quotes`,
  );
}

function isWordCharacter(text: string, at: number): boolean {
  const character = text[at] ?? '';
  return !NOT_IN_WORDS.test(character) && !(character === '/' && text[at + 1] === '/');
}
