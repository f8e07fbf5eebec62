import { HoconError } from './hocon-error.ts';
import { type Mark, type Token, tokenize } from './lexer.ts';
import { Source } from './origin.ts';
import {
  type ArrayExpression,
  type Definition,
  define,
  type Expression,
  emptyObject,
  type ObjectExpression,
  textScalar,
  wordScalar,
} from './syntax.ts';

export interface IncludedFile {
  /** Name of the file for messages and for its own includes. */
  readonly file: string;
  readonly text: string;
}

/** Reads an included file, `path` as written and relative to the file `from`; undefined when there is none. */
export type IncludeFile = (path: string, from: string) => IncludedFile | undefined;

/** Steps of objects, arrays and key paths below each other; far more than any configuration has. */
const MAX_DEPTH = 100;

interface Context {
  readonly include: IncludeFile | undefined;
  /** Files that are being included, outermost first. */
  readonly files: readonly string[];
  /** Path of the object that this text is read into. */
  readonly prefix: readonly string[];
}

/** Parses a whole file: an object, with or without braces. */
export function parseDocument(source: Source, include?: IncludeFile): ObjectExpression {
  return new Parser(source, { include, files: [source.file], prefix: [] }).document();
}

/** Parses the text of one value, as in a variable. */
export function parseSingleValue(source: Source): Expression {
  return new Parser(source, { include: undefined, files: [source.file], prefix: [] }).singleValue();
}

/** Parses a key such as `a."b.c".d`; undefined when it is none. */
export function parsePath(text: string): string[] | undefined {
  const tokens = tokenize(new Source('', text));
  const end = tokens.pop();
  const fits = tokens.every((token, index) => isKeyToken(token) && (tokens[index + 1] ?? end)?.start === token.end);
  return fits && tokens[0]?.start === 0 && end?.end === text.length ? pathOf(tokens) : undefined;
}

class Parser {
  readonly #source: Source;
  readonly #context: Context;
  readonly #tokens: readonly Token[];
  readonly #path: string[];
  #at = 0;
  #depth = 0;

  constructor(source: Source, context: Context) {
    this.#source = source;
    this.#context = context;
    this.#path = [...context.prefix];
    this.#tokens = tokenize(source);
  }

  document(): ObjectExpression {
    this.#skipNewlines();
    const start = this.#peek();
    if (this.#isMark('[')) throw this.#error(start, 'a configuration is an object; write `key = [ … ]`');
    if (!this.#isMark('{')) {
      const object = emptyObject(this.#source.origin(start.start));
      this.#fields(object, undefined);
      return object;
    }
    const object = this.#object();
    this.#expectEnd();
    return object;
  }

  singleValue(): Expression {
    this.#skipNewlines();
    const value = this.#value(false);
    this.#expectEnd();
    return value;
  }

  #expectEnd(): void {
    this.#skipNewlines();
    const token = this.#peek();
    if (token.kind !== 'end') throw this.#error(token, `unexpected ${quote(token)} behind the end of the value`);
  }

  #object(): ObjectExpression {
    const open = this.#next();
    const object = emptyObject(this.#source.origin(open.start));
    this.#enter(open, 1);
    this.#fields(object, open);
    this.#depth--;
    return object;
  }

  /** Reads fields up to the brace that closes `open`, or up to the end of a text without braces. */
  #fields(object: ObjectExpression, open: Token | undefined): void {
    for (;;) {
      this.#skipNewlines();
      const token = this.#peek();
      if (open !== undefined && this.#isMark('}')) {
        this.#next();
        return;
      }
      if (token.kind === 'end') {
        if (open === undefined) return;
        throw this.#error(open, 'this `{` is never closed; add the missing `}`');
      }
      this.#field(object);
      this.#separator(open !== undefined, '}');
    }
  }

  #field(object: ObjectExpression): void {
    if (this.#isInclude()) {
      this.#includeInto(object);
      return;
    }
    const first = this.#peek();
    const path = this.#key();
    const origin = this.#source.origin(first.start);
    const append = this.#assignment(path);
    this.#enter(first, path.length);
    this.#path.push(...path);
    const value = this.#value(true);
    this.#path.length -= path.length;
    this.#depth -= path.length;
    define(object, path, { value, origin, append } satisfies Definition);
  }

  #key(): string[] {
    const first = this.#peek();
    const end = this.#keyEnd(this.#at);
    const path = pathOf(this.#tokens.slice(this.#at, end));
    if (end === this.#at) throw this.#noKey(first);
    if (path === undefined)
      throw this.#error(first, 'this key has an empty step; remove the extra dot or quote the key');
    this.#at = end;
    return path;
  }

  #noKey(token: Token): HoconError {
    if (token.kind === 'mark' && token.text === '}') {
      return this.#error(token, 'this `}` closes nothing; remove it, or add the missing `{`');
    }
    return this.#error(token, `expected a key, found ${quote(token)}; write \`key = value\``);
  }

  /** Index behind the words and strings that stand together from `index` on. */
  #keyEnd(index: number): number {
    let end = index;
    while (isKeyToken(this.#token(end))) {
      end++;
      if (this.#token(end).start !== this.#token(end - 1).end) break;
    }
    return end;
  }

  /** Reads `=`, `:`, `+=`, or nothing before an object. Answers whether the value is appended. */
  #assignment(path: readonly string[]): boolean {
    const token = this.#peek();
    if (this.#isMark('{')) return false;
    if (!this.#isMark('=') && !this.#isMark(':') && !this.#isMark('+=')) {
      throw this.#error(token, `expected \`=\` or \`{\` after the key \`${path.join('.')}\`, found ${quote(token)}`);
    }
    this.#next();
    this.#skipNewlines();
    return token.text === '+=';
  }

  /** One value, or several that stand together and are joined; in objects also over line breaks. */
  #value(inObject: boolean): Expression {
    const first = this.#peek();
    const parts: Expression[] = [];
    while (this.#hasPart(inObject)) {
      parts.push(this.#part());
      if (inObject) this.#crossNewlines(parts.at(-1));
    }
    const [only] = parts;
    if (only === undefined) throw this.#error(first, `expected a value, found ${quote(first)}`);
    if (parts.length === 1) return only;
    return { kind: 'concatenation', parts, origin: only.origin };
  }

  #hasPart(inObject: boolean): boolean {
    return this.#startsValue(this.#peek()) && !(inObject && this.#isFieldAfterObject());
  }

  /** `a { … } b { … }` on one line: EMQX needs no separator behind a brace. */
  #isFieldAfterObject(): boolean {
    const before = this.#tokens[this.#at - 1];
    return before?.kind === 'mark' && before.text === '}' && this.#isKey(this.#at);
  }

  /** True when the tokens from `index` on are a key with its separator. */
  #isKey(index: number): boolean {
    const end = this.#keyEnd(index);
    const behind = this.#token(end);
    return end > index && behind.kind === 'mark' && ['=', ':', '+=', '{'].includes(behind.text);
  }

  #startsValue(token: Token): boolean {
    if (token.kind === 'mark') return token.text === '{' || token.text === '[';
    return token.kind === 'word' || token.kind === 'string' || token.kind === 'reference';
  }

  #part(): Expression {
    if (this.#isMark('{')) return this.#object();
    if (this.#isMark('[')) return this.#array();
    const token = this.#next();
    const origin = this.#source.origin(token.start);
    if (token.kind === 'string') return textScalar(token.text, origin);
    if (token.kind !== 'reference') return wordScalar(token.text, origin);
    const path = parsePath(token.text);
    if (path === undefined) throw this.#error(token, `\`${token.text}\` is no path; write \`\${path.to.key}\``);
    return { kind: 'reference', path, optional: token.optional, prefix: this.#context.prefix, origin };
  }

  /** Moves over line breaks when the next token can only continue the value: it is no key. */
  #crossNewlines(last: Expression | undefined): void {
    let index = this.#at;
    while (this.#token(index).kind === 'newline') index++;
    if (index > this.#at && this.#continues(last, index)) this.#at = index;
  }

  #continues(last: Expression | undefined, index: number): boolean {
    const token = this.#token(index);
    if (token.kind === 'mark') return (token.text === '{' || token.text === '[') && last?.kind !== 'scalar';
    const joinable = last?.kind === 'reference' || (last?.kind === 'scalar' && typeof last.value === 'string');
    if (!joinable || !this.#startsValue(token) || this.#isInclude(index)) return false;
    return !this.#isKey(index);
  }

  #array(): ArrayExpression {
    const open = this.#next();
    const items: Expression[] = [];
    this.#enter(open, 1);
    for (;;) {
      this.#skipNewlines();
      if (this.#isMark(']')) break;
      if (this.#peek().kind === 'end') throw this.#error(open, 'this `[` is never closed; add the missing `]`');
      items.push(this.#value(false));
      this.#separator(true, ']');
    }
    this.#next();
    this.#depth--;
    return { kind: 'array', items, origin: this.#source.origin(open.start) };
  }

  /** After a field or an element: a line break, a comma (or both), or the end. */
  #separator(nested: boolean, close: Mark): void {
    const token = this.#peek();
    if (token.kind === 'end' || (nested && this.#isMark(close))) return;
    if (close === '}' && this.#isFieldAfterObject()) return;
    if (token.kind !== 'newline' && !this.#isMark(',')) throw this.#notSeparated(token);
    this.#skipNewlines();
    if (this.#isMark(',')) this.#next();
  }

  #notSeparated(token: Token): HoconError {
    const before = this.#token(this.#at - 1);
    if (token.text === ':' && before.end === token.start) {
      return this.#error(before, 'a value with `:` needs double quotes, for instance "127.0.0.1:1883"');
    }
    if (token.text === '}' || token.text === ']') {
      return this.#error(token, `${quote(token)} closes nothing; remove it, or add its opening counterpart`);
    }
    return this.#error(token, `expected a line break or a comma, found ${quote(token)}`);
  }

  #isInclude(index = this.#at): boolean {
    const next = this.#token(index + 1);
    const word = this.#token(index);
    if (word.kind !== 'word' || word.text !== 'include') return false;
    return next.start > word.end && (next.kind === 'string' || (next.kind === 'word' && next.text.endsWith('(')));
  }

  #includeInto(object: ObjectExpression): void {
    const start = this.#next();
    const required = this.#peek().kind === 'word';
    if (required) this.#requiredWord();
    const name = this.#next();
    if (name.kind !== 'string') throw this.#error(name, 'expected the name of a file in double quotes');
    if (required && this.#next().text !== ')') throw this.#error(name, 'expected `)` behind the name of the file');
    this.#addIncluded(object, start, name.text, required);
  }

  #requiredWord(): void {
    const token = this.#next();
    if (token.text === 'required(') return;
    throw this.#error(
      token,
      `include ${token.text}…) is not supported; write include "file" or include required("file")`,
    );
  }

  #addIncluded(object: ObjectExpression, at: Token, name: string, required: boolean): void {
    const included = this.#context.include?.(name, this.#source.file);
    if (included === undefined) {
      if (!required) return;
      throw this.#error(at, `the included file "${name}" does not exist; create it, or write include "${name}"`);
    }
    if (this.#context.files.includes(included.file)) {
      throw this.#error(at, `"${name}" includes itself; remove one of the includes`);
    }
    this.#enter(at, 1);
    const parsed = this.#parseIncluded(new Source(included.file, included.text));
    this.#depth--;
    for (const [key, definitions] of parsed.fields) {
      object.fields.set(key, [...(object.fields.get(key) ?? []), ...definitions]);
    }
  }

  #parseIncluded(source: Source): ObjectExpression {
    const files = [...this.#context.files, source.file];
    const parser = new Parser(source, { include: this.#context.include, files, prefix: [...this.#path] });
    parser.#depth = this.#depth;
    return parser.document();
  }

  #enter(token: Token, steps: number): void {
    this.#depth += steps;
    if (this.#depth > MAX_DEPTH)
      throw this.#error(token, `nested deeper than ${MAX_DEPTH} levels; flatten the configuration`);
  }

  #skipNewlines(): void {
    while (this.#peek().kind === 'newline') this.#at++;
  }

  #isMark(mark: Mark): boolean {
    const token = this.#peek();
    return token.kind === 'mark' && token.text === mark;
  }

  #peek(): Token {
    return this.#token(this.#at);
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #token(index: number): Token {
    return this.#tokens[Math.min(index, this.#tokens.length - 1)] as Token;
  }

  #error(token: Token, reason: string): HoconError {
    return new HoconError(this.#source.origin(token.start), reason);
  }
}

function isKeyToken(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'string';
}

/** Splits words at their dots and takes a quoted string as part of one step. Undefined when a step is empty. */
function pathOf(tokens: readonly Token[]): string[] | undefined {
  const steps: (string | undefined)[] = [undefined];
  for (const token of tokens) {
    const pieces = token.kind === 'string' ? [token.text] : token.text.split('.');
    pieces.forEach((piece, index) => {
      if (index > 0) steps.push(undefined);
      if (piece !== '' || token.kind === 'string') steps[steps.length - 1] = (steps.at(-1) ?? '') + piece;
    });
  }
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

function quote(token: Token): string {
  return token.kind === 'mark' || token.kind === 'word' ? `\`${token.text}\`` : describe(token);
}

function describe(token: Token): string {
  if (token.kind === 'string') return 'a quoted text';
  return token.kind === 'reference' ? 'a substitution' : token.text;
}
