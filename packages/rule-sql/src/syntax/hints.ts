import { nearest } from './nearest.ts';
import type { Token } from './token.ts';

/** What people write who come from another SQL, by the word the parser stumbles over. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  LIKE: "There is no LIKE: use regex_match(name, 'pattern'), or =~ for topic filters",
  IS: 'There is no IS NULL: use is_null(x) or is_not_null(x)',
  NULL: 'There is no null literal: use is_null(x) or is_not_null(x)',
  BETWEEN: 'There is no BETWEEN: write a >= 1 AND a <= 2',
  LIMIT: 'There is no LIMIT: a rule runs once for each message',
  GROUP: 'There is no GROUP BY: a rule sees one message at a time',
  ORDER: 'There is no ORDER BY: a rule sees one message at a time',
  HAVING: 'There is no HAVING: use WHERE',
  JOIN: 'There is no JOIN: list several topics after FROM',
};

const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<>', '<', '>', '<=', '>=', '=~']);

/** Keywords that follow a field or a name. */
const CLAUSES = ['FROM', 'WHERE', 'INCASE'];

/** What the author probably meant, when the token at `index` surprises the parser. */
export function hintFor(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index]!;
  const before = tokens[index - 1];
  return (
    foreignWord(before) ??
    foreignWord(token) ??
    misspelledKeyword(before) ??
    operatorHint(token, before) ??
    (token.kind === 'keyword' ? keywordHint(token, before) : undefined) ??
    (token.kind === 'end' && !hasFrom(tokens) ? 'Every statement needs FROM "topic/filter"' : undefined)
  );
}

function foreignWord(token: Token | undefined): string | undefined {
  return token?.kind === 'name' ? FOREIGN_WORDS[token.text.toUpperCase()] : undefined;
}

/** An alias that is nearly a keyword was meant as one. */
function misspelledKeyword(token: Token | undefined): string | undefined {
  const keyword = token?.kind === 'name' ? nearest(token.text, CLAUSES) : undefined;
  return keyword === undefined ? undefined : `Did you mean ${keyword} instead of ${token?.text}?`;
}

function operatorHint(token: Token, before: Token | undefined): string | undefined {
  if (token.text === '=' && before?.text === '=') return 'Equality is a single =';
  if (token.kind === 'mark' && token.text === '[') return 'Only a path can be indexed: name the value with AS first';
  if (token.kind === 'range') return 'Only a path can be sliced: name the value with AS first';
  if (COMPARISONS.has(token.text)) return 'A comparison in a field or a list stands alone, without parentheses';
  if (token.text === '*' && before?.text === '.') return 'Select the object itself: there is no .*';
  return undefined;
}

function keywordHint(token: Token, before: Token | undefined): string | undefined {
  if (before?.text === '.') return `${token.written} is a reserved word: write it in double quotes`;
  if (before?.text === ',' && token.text === 'FROM') return 'There is a comma too many';
  if (token.text === 'CASE') return 'CASE may only be a whole field or a whole function argument';
  if (token.text === 'AND' || token.text === 'OR' || token.text === 'NOT' || token.text === 'IN') {
    return `${token.text} is possible in WHERE, INCASE and CASE WHEN only`;
  }
  return undefined;
}

function hasFrom(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.kind === 'keyword' && token.text === 'FROM');
}
