/**
 * One word of a statement.
 *
 * - name: an identifier, or the operators `div` and `mod` as `operator`
 * - keyword: reserved, `text` in upper case
 * - quoted: a name in double quotes, `text` without them
 * - string: `text` without its quotes
 * - range: `[1..3]`, which is one token
 * - end: behind the last token
 */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** The token as it was written. */
  readonly written: string;
  readonly offset: number;
}

export type TokenKind =
  | 'name'
  | 'keyword'
  | 'quoted'
  | 'string'
  | 'integer'
  | 'float'
  | 'range'
  | 'operator'
  | 'mark'
  | 'end';

export const KEYWORDS: ReadonlySet<string> = new Set(
  'SELECT FROM WHERE FOREACH DO INCASE AS AND OR NOT IN CASE WHEN THEN ELSE END IF ELSIF'.split(' '),
);

/** Operators that are words, in lower case only. */
export const WORD_OPERATORS: ReadonlySet<string> = new Set(['div', 'mod']);
