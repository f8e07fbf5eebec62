import { SqlError } from '../errors.ts';
import type { Source } from './source.ts';
import { KEYWORDS, type Token, type TokenKind, WORD_OPERATORS } from './token.ts';

const LEX_ERROR = '{"lex_error":"sql_lex"}';
/** Far beyond any rule; keeps a mistaken upload from occupying the process. */
const MAX_LENGTH = 1 << 18;

type Lexeme = TokenKind | 'blank' | 'backquoted';

/** Tried in this order. None may look far ahead in vain, or a long text of the right kind would take forever. */
const PATTERNS: readonly (readonly [Lexeme, RegExp])[] = [
  ['blank', /[ \t\r\n]+/y],
  ['name', /[A-Za-z][A-Za-z0-9_$@~]*/y],
  ['quoted', /"[^"]*"/y],
  // Doubled quotes do not end a string.
  ['string', /'[^']*(?:''[^']*)*'/y],
  ['float', /\d+\.\d+(?:[eE][-+]?\d+)?/y],
  ['integer', /\d+/y],
  ['range', /\[[-+]?\d+\.\.[-+]?\d+\]/y],
  ['operator', /!=|<>|<=|>=|=~|~=|[-+*/=<>]/y],
  ['mark', /[()[\],.]/y],
  ['backquoted', /`[^`]*`/y],
];

const CHARACTER_HINTS: Readonly<Record<string, string>> = {
  '`': 'Write names in double quotes and strings in single quotes',
  ';': 'A statement does not end with a semicolon',
  '#': 'Comments begin with -- and end with the line; topic filters need quotes',
  '"': 'The name has no closing double quote',
  "'": "The string has no closing quote; a quote inside a string is unescape('\\x27')",
  _: 'Names begin with a letter; write this one in double quotes',
  '%': 'The remainder operator is mod',
  '&': 'Write AND, or bitand(a, b)',
  '|': 'Write OR, or bitor(a, b)',
  '!': 'Write NOT or !=',
};

/** Splits a statement into tokens; the last one is `end`. Throws {@link SqlError} at a character that begins none. */
export function tokenize(source: Source): readonly Token[] {
  const { text } = source;
  if (text.trim() === '') throw new SqlError('the statement is empty', source.positionAt(0), 'invalid_string');
  if (text.length > MAX_LENGTH) {
    throw new SqlError(`the statement is longer than ${MAX_LENGTH} characters`, source.positionAt(0), LEX_ERROR);
  }
  const tokens: Token[] = [];
  const lastLineFeed = text.lastIndexOf('\n');
  let offset = 0;
  while (offset < text.length) {
    const [kind, written] = commentAt(text, offset, lastLineFeed) ?? matchAt(text, offset) ?? failAt(source, offset);
    if (kind === 'backquoted') tokens.push(variableName(tokens, written, offset) ?? failAt(source, offset));
    else if (kind !== 'blank') tokens.push(tokenOf(kind, written, offset));
    offset += written.length;
  }
  tokens.push({ kind: 'end', text: '', written: '', offset: text.length });
  rejectExponents(tokens, source);
  return tokens;
}

/** A comment needs its line feed; without one, its dashes are two minus signs. */
function commentAt(text: string, offset: number, lastLineFeed: number): readonly [Lexeme, string] | undefined {
  if (offset > lastLineFeed || !text.startsWith('--', offset)) return undefined;
  return ['blank', text.slice(offset, text.indexOf('\n', offset) + 1)];
}

function matchAt(text: string, offset: number): readonly [Lexeme, string] | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = offset;
    const found = pattern.exec(text);
    if (found !== null) return [kind, found[0]];
  }
  return undefined;
}

function tokenOf(kind: TokenKind, written: string, offset: number): Token {
  if (kind === 'quoted') return { kind, text: written.slice(1, -1), written, offset };
  // EMQX strips every quote at both ends, so that '''a''' is a.
  if (kind === 'string') return { kind, text: withoutQuotes(written), written, offset };
  if (kind !== 'name') return { kind, text: written, written, offset };
  if (WORD_OPERATORS.has(written)) return { kind: 'operator', text: written, written, offset };
  const upper = written.toUpperCase();
  return KEYWORDS.has(upper)
    ? { kind: 'keyword', text: upper, written, offset }
    : { kind: 'name', text: written, written, offset };
}

function withoutQuotes(written: string): string {
  let start = 0;
  let end = written.length;
  while (written.charAt(start) === "'") start += 1;
  while (end > start && written.charAt(end - 1) === "'") end -= 1;
  return written.slice(start, end);
}

/** Back quotes are no part of rule SQL, but people write getenv(`NAME`), so there they are a string. */
function variableName(before: readonly Token[], written: string, offset: number): Token | undefined {
  const isGetenv = before.at(-2)?.text === 'getenv' && before.at(-1)?.text === '(';
  return isGetenv ? { kind: 'string', text: written.slice(1, -1).replaceAll("'", ''), written, offset } : undefined;
}

/** `10e3` is no number in rule SQL. `1e3` is not either, but EMQX reads it as `1 AS e3`. */
function rejectExponents(tokens: readonly Token[], source: Source): void {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const touches = next?.kind === 'name' && next.offset === token.offset + token.written.length;
    if (token.kind === 'integer' && token.text.length > 1 && touches && /^[eE]\d/.test(next.text)) {
      const hint = `Write the number with a point: ${token.text}.0${next.text}`;
      throw new SqlError(`'${token.text}${next.text}' is no number`, source.positionAt(token.offset), LEX_ERROR, hint);
    }
  }
}

function failAt(source: Source, offset: number): never {
  const character = String.fromCodePoint(source.text.codePointAt(offset) ?? 0);
  const hint = CHARACTER_HINTS[character];
  throw new SqlError(`'${character}' has no meaning here`, source.positionAt(offset), LEX_ERROR, hint);
}
