import { isAscii, isUtf8 } from 'node:buffer';
import vm from 'node:vm';
import { textOf } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import { translatePattern } from './pcre.ts';

/**
 * Regular expressions with an end to their work.
 *
 * JavaScript's engine backtracks, so some patterns take exponential time on some texts. A pattern whose shape makes that
 * possible, on a text long enough, runs under a watchdog that stops it after {@link TIME_LIMIT_MS}; the rule then fails
 * for this message. All others run directly, since a watchdog costs tens of microseconds.
 */
const TIME_LIMIT_MS = 100;
/** Steps that a pattern may take without a watchdog; about as many as the watchdog allows. */
const DIRECT_STEPS = 1e8;
const MAX_CACHED = 500;
const MAX_PATTERN = 10_000;

const cache = new Map<string, Regex>();

/** The compiled pattern, kept for the next message. */
export function regexOf(pattern: string): Regex {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const compiled = new Regex(pattern);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

export class Regex {
  readonly #pattern: RegExp;
  readonly #isUnicode: boolean;
  readonly #mayExplode: boolean;
  readonly #loops: number;

  constructor(pattern: string) {
    if (pattern.length > MAX_PATTERN) throw new SqlFailure('badarg', `regular expression: longer than ${MAX_PATTERN}`);
    const { source, flags, isUnicode } = translatePattern(pattern);
    this.#pattern = compiled(source, flags);
    this.#isUnicode = isUnicode;
    this.#loops = source.match(LOOP)?.length ?? 0;
    this.#mayExplode = NESTED_LOOP.test(source) || BACK_REFERENCE.test(source);
  }

  test(text: Uint8Array): boolean {
    return this.#run(text, (subject) => this.#pattern.test(subject));
  }

  /** The groups of the first match, undefined when there is none; a group that took no part is undefined. */
  groups(text: Uint8Array): readonly (string | Uint8Array | undefined)[] | undefined {
    const found = this.#run(text, (subject) => this.#pattern.exec(subject));
    return found?.slice(1).map((group: string | undefined) => (group === undefined ? undefined : this.#outside(group)));
  }

  /** The text with each match replaced; `replacement` has `&` for the match and `\1` for its groups. */
  replace(text: Uint8Array, replacement: Uint8Array): string | Uint8Array {
    const global = new RegExp(this.#pattern.source, `${this.#pattern.flags}g`);
    const template = this.#inside(replacement);
    const replaced = this.#run(text, (subject) =>
      subject.replace(global, (...found: unknown[]) => expanded(template, found as (string | undefined)[])),
    );
    return this.#outside(replaced);
  }

  #run<T>(text: Uint8Array, work: (subject: string) => T): T {
    const subject = this.#inside(text);
    const steps = subject.length ** (this.#loops + 1);
    return this.#mayExplode || steps > DIRECT_STEPS ? guarded(() => work(subject)) : work(subject);
  }

  #inside(text: Uint8Array): string {
    return this.#isUnicode ? textOf(text) : Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
  }

  #outside(text: string): string | Uint8Array {
    if (this.#isUnicode) return text;
    const bytes = Buffer.from(text, 'latin1');
    if (isAscii(bytes)) return text;
    return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
  }
}

/** An unbounded repetition. */
const LOOP = /(?<!\\)[*+]|\{\d+,\d*\}/g;
/** A group that is repeated and holds a repetition or alternatives. Careful: may see one where there is none. */
const NESTED_LOOP = /[*+}|][^]*\)\??(?:[*+]|\{\d+,?\d*\})/;
const BACK_REFERENCE = /\\[1-9k]/;

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new SqlFailure('badarg', 'regular expression: the pattern is not valid');
  }
}

function expanded(template: string, found: readonly (string | undefined)[]): string {
  return template.replace(/\\(\d)|\\([^])|&/g, (token, digit: string | undefined, literal: string | undefined) => {
    if (token === '&') return found[0] ?? '';
    if (digit === undefined) return literal ?? '';
    const group = found[Number(digit)];
    // Behind the groups, JavaScript passes the offset, which is a number.
    return typeof group === 'string' ? group : '';
  });
}

const sandbox: { task: () => unknown } = { task: () => undefined };
let watchdog: { readonly script: vm.Script; readonly context: vm.Context } | undefined;

function guarded<T>(work: () => T): T {
  watchdog ??= { script: new vm.Script('task()'), context: vm.createContext(sandbox) };
  sandbox.task = work;
  try {
    return watchdog.script.runInContext(watchdog.context, { timeout: TIME_LIMIT_MS }) as T;
  } catch (error) {
    if (isTimeout(error)) {
      throw new SqlFailure('regex_timeout', `a regular expression took longer than ${TIME_LIMIT_MS} ms`);
    }
    throw error;
  } finally {
    sandbox.task = () => undefined;
  }
}

/** The error comes from another context, where `Error` is another class. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
