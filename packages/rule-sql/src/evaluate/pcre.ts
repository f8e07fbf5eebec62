import { SqlFailure } from '../errors.ts';

/** A Perl-compatible pattern in JavaScript's syntax. */
export interface TranslatedPattern {
  readonly source: string;
  readonly flags: string;
  /** Characters instead of bytes, asked for with `(*UTF8)`. */
  readonly isUnicode: boolean;
}

/** Inline flags of a group, as far as JavaScript has no word for them or means something else. */
interface Mode {
  readonly dotMatchesAll: boolean;
  readonly multiline: boolean;
  readonly extended: boolean;
  /** Modifier groups opened inside this group, which end with it. */
  readonly opened: string[];
}

const VERB = /^\(\*(?:UTF8?|UCP)\)/;
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t-\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9a-fA-F',
  word: '\\w',
};
/** Escapes with another meaning, or none, in JavaScript; outside and inside a class. */
const ESCAPES: Readonly<Record<string, readonly [outside: string, inside: string | undefined]>> = {
  A: ['(?<![^])', undefined],
  z: ['(?![^])', undefined],
  Z: ['(?=\\n?(?![^]))', undefined],
  h: ['[ \\t]', ' \\t'],
  H: ['[^ \\t]', undefined],
  R: ['(?:\\r\\n|[\\n-\\r])', undefined],
  s: ['[ \\t-\\r]', ' \\t-\\r'],
  S: ['[^ \\t-\\r]', '\\x00-\\x08\\x0e-\\x1f!-\\u{ffff}'],
  a: ['\\x07', '\\x07'],
  e: ['\\x1b', '\\x1b'],
  N: ['[^\\n]', undefined],
};

/** Translates a pattern; what JavaScript cannot do fails with its name. */
export function translatePattern(pattern: string): TranslatedPattern {
  let rest = pattern;
  let isUnicode = false;
  for (let verb = VERB.exec(rest); verb !== null; verb = VERB.exec(rest)) {
    isUnicode = true;
    rest = rest.slice(verb[0].length);
  }
  // Byte mode: each byte of the pattern and of the text is a character of its own.
  const source = isUnicode ? rest : Buffer.from(rest, 'utf8').toString('latin1');
  return { source: new Translator(source, isUnicode).translate(), flags: isUnicode ? 'u' : '', isUnicode };
}

class Translator {
  readonly #pattern: string;
  readonly #isUnicode: boolean;
  #at = 0;
  #output = '';
  #modes: Mode[] = [{ dotMatchesAll: false, multiline: false, extended: false, opened: [] }];

  constructor(pattern: string, isUnicode: boolean) {
    this.#pattern = pattern;
    this.#isUnicode = isUnicode;
  }

  translate(): string {
    while (this.#at < this.#pattern.length) this.#output += this.#next();
    if (this.#modes.length > 1) fail('a parenthesis is not closed');
    return this.#output + ')'.repeat(this.#mode.opened.length);
  }

  get #mode(): Mode {
    return this.#modes.at(-1)!;
  }

  #next(): string {
    const character = this.#take();
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#characterClass();
      case '(':
        return this.#group();
      case ')':
        return this.#closeGroup();
      case '|':
        return this.#alternative();
      case '.':
        return this.#mode.dotMatchesAll ? '[^]' : '[^\\n]';
      case '$':
        return this.#mode.multiline ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
      case '^':
        return this.#mode.multiline ? '(?<=\\n|(?<![^]))' : '(?<![^])';
      case '*':
      case '+':
      case '?':
        return this.#quantifier(character);
      case '{':
        return this.#braces();
      case '}':
      case ']':
        return `\\${character}`;
      case '#':
        return this.#mode.extended ? this.#skipComment() : character;
      default:
        return this.#mode.extended && /\s/.test(character) ? '' : character;
    }
  }

  #take(): string {
    const character = this.#isUnicode
      ? String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0)
      : this.#pattern.charAt(this.#at);
    this.#at += character.length;
    return character;
  }

  #accept(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#pattern);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #skipComment(): string {
    this.#accept(/[^\n]*/y);
    return '';
  }

  #quantifier(quantifier: string): string {
    if (this.#pattern.charAt(this.#at) === '+') fail('possessive quantifiers are not supported');
    return this.#accept(/\?/y) === undefined ? quantifier : `${quantifier}?`;
  }

  #braces(): string {
    const bounds = this.#accept(/\d+(?:,\d*)?\}/y);
    return bounds === undefined ? '\\{' : this.#quantifier(`{${bounds[0]}`);
  }

  #escape(): string {
    if (this.#at >= this.#pattern.length) fail('the pattern ends with a backslash');
    const quotedText = this.#accept(/Q([^]*?)(?:\\E|$)/y);
    if (quotedText !== undefined) return quotedText[1]!.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    if (this.#accept(/E/y) !== undefined) return '';
    const reference = this.#accept(/g(?:\{(\d+)\}|(\d+))/y);
    if (reference !== undefined) return `(?:\\${reference[1] ?? reference[2]})`;
    return this.#simpleEscape(false);
  }

  #simpleEscape(isInClass: boolean): string {
    const code = this.#accept(/x\{([0-9a-fA-F]{1,6})\}/y);
    if (code !== undefined) return escapedCode(Number.parseInt(code[1]!, 16), this.#isUnicode);
    const letter = this.#take();
    const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (known !== undefined) return known[isInClass ? 1 : 0] ?? fail(`\\${letter} is not supported inside a class`);
    if (/[dDwWbBnrtfv0-9x]/.test(letter)) return `\\${letter}`;
    if (letter === 'k' || (/[pP]/.test(letter) && this.#isUnicode)) return `\\${letter}`;
    if (/[a-zA-Z]/.test(letter)) fail(`\\${letter} is not supported`);
    return /[\\^$.*+?()[\]{}|/-]/.test(letter) && (isInClass || letter !== '-') ? `\\${letter}` : letter;
  }

  #characterClass(): string {
    let output = this.#accept(/\^/y) === undefined ? '[' : '[^';
    let isFirst = true;
    for (;;) {
      if (this.#at >= this.#pattern.length) fail('a character class is not closed');
      const posix = this.#accept(/\[:(\^?)(\w+):\]/y);
      const character = posix === undefined ? this.#take() : '';
      if (character === ']' && !isFirst) return `${output}]`;
      output += posix === undefined ? this.#classMember(character) : posixClass(posix[1] === '^', posix[2]!);
      isFirst = false;
    }
  }

  #classMember(character: string): string {
    if (character === '\\') return this.#simpleEscape(true);
    return character === '[' || character === ']' ? `\\${character}` : character;
  }

  #group(): string {
    if (this.#accept(/\?#[^)]*\)/y) !== undefined) return '';
    const flags = this.#accept(/\?([imsxJU]*)(?:-([imsx]*))?([:)])/y);
    if (flags !== undefined) return this.#flags(flags[1]!, flags[2] ?? '', flags[3] === ':');
    const named = this.#accept(/\?P?<([A-Za-z]\w*)>|\?'([A-Za-z]\w*)'/y);
    if (named !== undefined) return this.#openGroup(`(?<${named[1] ?? named[2]}>`);
    const byName = this.#accept(/\?P=(\w+)\)/y);
    if (byName !== undefined) return `\\k<${byName[1]}>`;
    const look = this.#accept(/\?<?[=!]/y);
    if (look === undefined && /[?*]/.test(this.#pattern.charAt(this.#at))) fail('this kind of group is not supported');
    return this.#openGroup(`(${look?.[0] ?? ''}`);
  }

  #openGroup(opening: string): string {
    this.#modes.push({ ...this.#mode, opened: [] });
    return opening;
  }

  #closeGroup(): string {
    if (this.#modes.length === 1) fail('a parenthesis has no beginning');
    return ')'.repeat((this.#modes.pop()?.opened.length ?? 0) + 1);
  }

  /** Flags set inside a group also hold for its later alternatives. */
  #alternative(): string {
    const { opened } = this.#mode;
    return `${')'.repeat(opened.length)}|${opened.join('')}`;
  }

  #flags(on: string, off: string, isGroup: boolean): string {
    if (/[JU]/.test(on)) fail('the flags J and U are not supported');
    const mode = {
      dotMatchesAll: changed(this.#mode.dotMatchesAll, 's', on, off),
      multiline: changed(this.#mode.multiline, 'm', on, off),
      extended: changed(this.#mode.extended, 'x', on, off),
    };
    const opening = on.includes('i') ? '(?i:' : off.includes('i') ? '(?-i:' : '(?:';
    if (isGroup) {
      this.#modes.push({ ...mode, opened: [] });
    } else {
      this.#modes[this.#modes.length - 1] = { ...mode, opened: [...this.#mode.opened, opening] };
    }
    return opening;
  }
}

function changed(before: boolean, flag: string, on: string, off: string): boolean {
  return (before || on.includes(flag)) && !off.includes(flag);
}

function posixClass(isNegated: boolean, name: string): string {
  const members = POSIX_CLASSES[name] ?? fail('unknown POSIX class');
  return isNegated ? fail('negated POSIX classes are not supported') : members;
}

function escapedCode(code: number, isUnicode: boolean): string {
  if (isUnicode) return `\\u{${code.toString(16)}}`;
  return code > 0xff ? fail('a character beyond one byte needs (*UTF8)') : `\\x${code.toString(16).padStart(2, '0')}`;
}

function fail(what: string): never {
  throw new SqlFailure('badarg', `regular expression: ${what}`);
}
