import { compileTemplate } from '@millrace/values';

/**
 * SQL with `${…}` placeholders → SQL with bind parameters.
 *
 * A placeholder stands where a value may stand: it becomes a parameter, so a value can never become SQL. The scanner
 * knows only as much SQL as it needs to tell placeholders from text that merely looks like one:
 *
 *   statement := ( comment | string | name | placeholder | '"' placeholder '"' | other )* [ ';' ( space | comment )* ]
 *   comment   := '--' … end of line | slash star … star slash     left alone
 *   string    := "'" … "'"      a placeholder inside is refused: the quotes would make it text
 *   name      := '"' … '"' | '`' … '`'       likewise: a name cannot be a parameter
 *
 * Double quotes directly around a placeholder are dropped, as EMQX does.
 */
export interface SqlStatement {
  readonly source: string;
  /** With the dialect's bind parameters in place of the placeholders. */
  readonly sql: string;
  /** First word in lower case, comments skipped: `insert`, `update`, … */
  readonly kind: string;
  /** Path of each parameter, in order; the same placeholder twice is two parameters. */
  readonly parameters: readonly (readonly string[])[];
}

export interface SqlDialect {
  /** Text of the n-th bind parameter, counted from 1: `?`, `$1`. */
  readonly parameter: (position: number) => string;
  /** Matches (sticky) a bind parameter written by the user, which would shift the others. */
  readonly foreignParameter?: RegExp;
  /** Whether `\` escapes inside strings. */
  readonly backslashEscapes?: boolean;
}

/** A statement that cannot be used; the message says what to write instead. */
export class SqlTemplateError extends Error {
  override readonly name = 'SqlTemplateError';
}

const SPACE_OR_COMMENT = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)+/y;
const PLACEHOLDER = /"\$\{([^}$]*)\}"|\$\{([^}$]*)\}/y;
const LITERAL_DOLLAR = /\$\{\$\}/y;
const STRING = /'(?:[^']|'')*'/y;
const STRING_WITH_BACKSLASHES = /'(?:[^'\\]|''|\\[^])*'/y;
const NAME = /"(?:[^"]|"")*"|`[^`]*`/y;
const HAS_PLACEHOLDER = /\$\{[^}$]*\}/;

/** Parses a statement template. Throws {@link SqlTemplateError}. */
export function parseStatement(source: string, dialect: SqlDialect): SqlStatement {
  return new Scanner(source, dialect).scan();
}

class Scanner {
  readonly #source: string;
  readonly #dialect: SqlDialect;
  readonly #parameters: (readonly string[])[] = [];
  #position = 0;
  #sql = '';

  constructor(source: string, dialect: SqlDialect) {
    this.#source = source;
    this.#dialect = dialect;
  }

  scan(): SqlStatement {
    while (this.#position < this.#source.length) this.#next();
    const kind = /^[a-z]+/i.exec(this.#source.slice(skipSpace(this.#source, 0)))?.[0].toLowerCase() ?? '';
    if (kind === '') throw new SqlTemplateError('not a statement; write for instance INSERT INTO t (a) VALUES (${a})');
    return { source: this.#source, sql: this.#sql.trim(), kind, parameters: this.#parameters };
  }

  #next(): void {
    const text =
      this.#take(SPACE_OR_COMMENT) ??
      this.#takePlaceholder() ??
      (this.#take(LITERAL_DOLLAR) === undefined ? undefined : '$') ??
      this.#takeQuoted() ??
      this.#takeOther();
    this.#sql += text;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }

  #takePlaceholder(): string | undefined {
    const found = this.#take(PLACEHOLDER);
    if (found === undefined) return undefined;
    const path = compileTemplate(found.replaceAll('"', '')).placeholders[0] ?? [];
    return this.#dialect.parameter(this.#parameters.push(path));
  }

  #takeQuoted(): string | undefined {
    const string = this.#take(this.#dialect.backslashEscapes === true ? STRING_WITH_BACKSLASHES : STRING);
    const placeholder = HAS_PLACEHOLDER.exec(string ?? '')?.[0];
    if (placeholder !== undefined) {
      throw new SqlTemplateError(`${placeholder} stands in quotes; write it without: values are bound, not pasted in`);
    }
    if (string !== undefined) return string;
    const name = this.#take(NAME);
    const inName = HAS_PLACEHOLDER.exec(name ?? '')?.[0];
    if (inName !== undefined) {
      throw new SqlTemplateError(`${inName} stands in a name; only values can vary, table and column names cannot`);
    }
    return name;
  }

  #takeOther(): string {
    const character = this.#source[this.#position] ?? '';
    if (character === "'" || character === '"' || character === '`') {
      throw new SqlTemplateError(`a quote ${character} at character ${this.#position + 1} is never closed`);
    }
    if (character === ';') return this.#takeEnd();
    const foreign = this.#dialect.foreignParameter && this.#take(this.#dialect.foreignParameter);
    if (foreign !== undefined) {
      throw new SqlTemplateError(`\`${foreign}\` is a bind parameter of its own; write \${name} where a value belongs`);
    }
    this.#position += 1;
    return character;
  }

  #takeEnd(): string {
    if (skipSpace(this.#source, this.#position + 1) < this.#source.length) {
      throw new SqlTemplateError('more than one statement; write only the one that runs for each record');
    }
    this.#position = this.#source.length;
    return '';
  }
}

function skipSpace(source: string, from: number): number {
  SPACE_OR_COMMENT.lastIndex = from;
  return from + (SPACE_OR_COMMENT.exec(source)?.[0].length ?? 0);
}
