import { type RuleOutput, readSecret } from '@millrace/contract';
import { compileTemplate, type Template } from '@millrace/values';

/** Name, value, name, value, …: the form that undici takes. */
export type HeaderList = readonly string[];

/** Owned by the client: it keeps connections alive and frames bodies by itself. */
const CLIENT_OWNED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Without CR, LF and NUL, which would let a payload write headers of its own. */
const FIELD_VALUE = /^[\t\x20-\x7e\u0080-\uffff]*$/;

interface Header {
  readonly name: Template;
  readonly value: Template;
}

/**
 * The headers of an action. Those without placeholders are laid beside the buffered record when it is sent: secrets
 * are never written to the buffer, and a changed credential holds for what waits there already.
 */
export class Headers {
  readonly #fixed: readonly (readonly [name: string, value: string])[];
  readonly #varying: readonly Header[];

  /** Later maps win over earlier ones, whatever the letter case. */
  constructor(...maps: readonly Readonly<Record<string, string>>[]) {
    const merged = new Map(maps.flatMap((map) => Object.entries(map)).map((entry) => [entry[0].toLowerCase(), entry]));
    const headers = [...merged].filter(([name]) => !CLIENT_OWNED.has(name)).map(([, entry]) => compile(entry));
    this.#fixed = headers.filter(isFixed).map(({ name, value }) => [name.render({}), value.render({})]);
    this.#varying = headers.filter((header) => !isFixed(header));
  }

  /** Headers without placeholders, with secrets read from their files. */
  fixed(): HeaderList {
    return this.#fixed.flatMap(([name, value]) => pair(name, readSecret(value)));
  }

  /** Headers that depend on the output. One that is not a valid header is left out, as in EMQX. */
  varying(output: RuleOutput): HeaderList {
    return this.#varying.flatMap(({ name, value }) => pair(name.render(output), value.render(output)));
  }
}

function compile([name, value]: readonly [string, string]): Header {
  return { name: compileTemplate(name), value: compileTemplate(value) };
}

function isFixed({ name, value }: Header): boolean {
  return name.isConstant && value.isConstant;
}

/** Other characters than Latin-1 go over the wire as UTF-8. */
function pair(name: string, value: string): HeaderList {
  if (!TOKEN.test(name) || !FIELD_VALUE.test(value)) return [];
  return [name, /[\u0080-\uffff]/.test(value) ? Buffer.from(value).toString('latin1') : value];
}
