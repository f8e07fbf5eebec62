import { MAX_DEPTH } from './json-scan.ts';
import { floatOf, integerOf } from './kind.ts';
import { setProperty } from './property.ts';
import type { Value } from './value.ts';

/** Turning digits into an integer costs time in the square of their number. */
const MAX_DIGITS = 4096;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
/** A run of string characters that need no attention. */
// oxlint-disable-next-line no-control-regex -- control characters are what JSON forbids in strings
const PLAIN_RUN = /[^"\\\u0000-\u001f]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const BLANKS = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The text is not JSON. `offset` counts UTF-16 units from the start of the text; the message never quotes the text. */
export class JsonSyntaxError extends SyntaxError {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`Invalid JSON at offset ${offset}: ${what}`);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

/** Reads JSON keeping every number exact and floats apart from integers. Several times slower than `JSON.parse`. */
export function parsePrecisely(text: string): Value {
  return new PreciseParser(text).parse();
}

class PreciseParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Value {
    this.#skipBlanks();
    const value = this.#value();
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail('nothing may follow the value');
    return value;
  }

  #value(): Value {
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #nested(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH} levels`);
    this.#at += 1;
    this.#skipBlanks();
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): Value {
    const object: Record<string, Value> = {};
    if (this.#take('}')) return object;
    do {
      this.#skipBlanks();
      if (this.#text.charAt(this.#at) !== '"') this.#fail('expected a key in double quotes');
      const key = this.#string();
      this.#skipBlanks();
      if (!this.#take(':')) this.#fail("expected ':' after a key");
      this.#skipBlanks();
      setProperty(object, key, this.#value());
      this.#skipBlanks();
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail("expected ',' or '}'");
    return object;
  }

  #array(): Value {
    const array: Value[] = [];
    if (this.#take(']')) return array;
    do {
      this.#skipBlanks();
      array.push(this.#value());
      this.#skipBlanks();
    } while (this.#take(','));
    if (!this.#take(']')) this.#fail("expected ',' or ']'");
    return array;
  }

  #string(): string {
    this.#at += 1;
    let result = '';
    for (;;) {
      result += this.#match(PLAIN_RUN)?.[0] ?? '';
      if (this.#take('"')) return result;
      if (!this.#take('\\')) this.#fail('a string holds a control character or does not end');
      result += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at);
    this.#at += 1;
    if (letter === 'u') {
      const digits = this.#match(HEX4)?.[0] ?? this.#fail('expected four hexadecimal digits');
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    return Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter]! : this.#fail('unknown escape in a string');
  }

  #number(): Value {
    const start = this.#at;
    const found = this.#match(NUMBER) ?? this.#fail('expected a value');
    if (found[1] !== undefined || found[2] !== undefined) return this.#float(Number(found[0]), start);
    if (found[0].length > MAX_DIGITS) this.#failAt(`an integer has more than ${MAX_DIGITS} digits`, start);
    // The sum turns -0 into 0: integers have one zero.
    return found[0].length <= 15 ? Number(found[0]) + 0 : integerOf(BigInt(found[0]));
  }

  #float(value: number, start: number): Value {
    return Number.isFinite(value) ? floatOf(value) : this.#failAt('a number is out of range', start);
  }

  #word<T extends Value>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('expected a value');
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    const isThere = this.#text.charAt(this.#at) === character;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #skipBlanks(): void {
    this.#match(BLANKS);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #fail(what: string): never {
    return this.#failAt(this.#at < this.#text.length ? what : `${what}, but the text ends`, this.#at);
  }

  #failAt(what: string, offset: number): never {
    throw new JsonSyntaxError(what, offset);
  }
}
