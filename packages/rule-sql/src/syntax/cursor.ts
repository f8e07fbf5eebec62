import { type Position, SqlError } from '../errors.ts';
import { hintFor } from './hints.ts';
import { tokenize } from './lexer.ts';
import { Source } from './source.ts';
import type { Token } from './token.ts';

/** Levels of parentheses, calls and cases; and operators of one statement. Both bound every recursion downstream. */
const MAX_NESTING = 100;
const MAX_OPERATORS = 2000;

/** Walks over the tokens of one statement and turns a surprise into an error that says what was expected. */
export class Cursor {
  readonly #source: Source;
  readonly #tokens: readonly Token[];
  #index = 0;
  #nesting = 0;
  #operators = 0;

  constructor(sql: string) {
    this.#source = new Source(sql);
    this.#tokens = tokenize(this.#source);
  }

  get token(): Token {
    return this.#tokens[this.#index]!;
  }

  /** The token behind the current one. */
  get following(): Token {
    return this.#tokens[Math.min(this.#index + 1, this.#tokens.length - 1)]!;
  }

  position(token: Token = this.token): Position {
    return this.#source.positionAt(token.offset);
  }

  take(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#index += 1;
    return token;
  }

  isKeyword(word: string): boolean {
    return this.token.kind === 'keyword' && this.token.text === word;
  }

  isMark(mark: string): boolean {
    return this.token.kind === 'mark' && this.token.text === mark;
  }

  isOperator(...operators: readonly string[]): boolean {
    return this.token.kind === 'operator' && operators.includes(this.token.text);
  }

  acceptKeyword(word: string): boolean {
    return this.isKeyword(word) && this.take() !== undefined;
  }

  acceptMark(mark: string): boolean {
    return this.isMark(mark) && this.take() !== undefined;
  }

  expectKeyword(word: string): void {
    if (!this.acceptKeyword(word)) this.fail(word);
  }

  expectMark(mark: string): void {
    if (!this.acceptMark(mark)) this.fail(`'${mark}'`);
  }

  /** Reads something that may hold itself. */
  nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) this.#failWith(`nested deeper than ${MAX_NESTING} levels`);
    const result = read();
    this.#nesting -= 1;
    return result;
  }

  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS) this.#failWith(`more than ${MAX_OPERATORS} operators in one statement`);
  }

  /** Reads one or more of something, with commas between. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.acceptMark(',')) items.push(read());
    return items;
  }

  fail(expected: string, hint?: string): never {
    const { token } = this;
    const found = token.kind === 'end' ? 'the statement ends' : `unexpected ${shown(token)}`;
    this.#failWith(`${found}, expected ${expected}`, hint ?? hintFor(this.#tokens, this.#index));
  }

  #failWith(what: string, hint?: string): never {
    const at = this.position();
    throw new SqlError(what, at, `${at.line}: syntax error before: ${this.token.written}`, hint);
  }
}

const SHOWN_LENGTH = 40;

function shown(token: Token): string {
  const { written } = token;
  const text = written.length > SHOWN_LENGTH ? `${written.slice(0, SHOWN_LENGTH)}…` : written;
  return /^['"]/.test(text) ? text : `'${text}'`;
}
