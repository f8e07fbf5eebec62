import { isText } from './kind.ts';
import { getPath, readJson } from './path.ts';
import { toText } from './text.ts';
import type { Value } from './value.ts';

/** How a rendering treats what is not there. */
export interface RenderOptions {
  /** Text for a missing or undefined value; `undefined` unless said otherwise. */
  readonly missing?: string;
}

/** Takes rendered pieces in order. */
export interface TemplateWriter {
  write(chunk: string | Uint8Array): number;
}

/** A text with `${…}` placeholders, compiled once and rendered for each output. */
export interface Template {
  readonly source: string;
  /** True when there is no placeholder. */
  readonly isConstant: boolean;
  /** The path of each placeholder in order; the empty path is the whole output. */
  readonly placeholders: readonly (readonly string[])[];
  render(output: Value, options?: RenderOptions): string;
  /** As `render`, piece by piece; strings held as bytes pass through without being decoded. */
  write(output: Value, writer: TemplateWriter, options?: RenderOptions): void;
  /** The value itself when the template is exactly one placeholder, else the rendered text. */
  value(output: Value): Value;
  /** As `render`, but undefined when any placeholder is missing, null or empty text. */
  strict(output: Value): string | undefined;
}

/** Any characters but `}` and `$`, so that names of both EMQX engines are read; or the lone `$` that prints itself. */
const PLACEHOLDER = /\$\{([^}$]*|\$)\}/g;
/** One step of a path: quoted, so that it may hold dots, or up to the next dot. */
const STEP = /(?:'([^']*)'|"([^"]*)"|([^.]*))(?:\.|$)/y;

/** Compiles a template. Never throws: what is no placeholder is literal text. */
export function compileTemplate(source: string): Template {
  const literals: string[] = [];
  const placeholders: (readonly string[])[] = [];
  let literal = '';
  let end = 0;
  for (const found of source.matchAll(PLACEHOLDER)) {
    literal += source.slice(end, found.index);
    end = found.index + found[0].length;
    if (found[1] === '$') {
      literal += '$';
    } else {
      literals.push(literal);
      placeholders.push(parsePath(found[1] ?? ''));
      literal = '';
    }
  }
  literals.push(literal + source.slice(end));
  return new CompiledTemplate(source, literals, placeholders);
}

function parsePath(name: string): readonly string[] {
  const text = name.startsWith('.') ? name.slice(1) : name;
  const steps: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (found === null) return text.split('.');
    steps.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return text.endsWith('.') ? [...steps, ''] : steps;
}

class CompiledTemplate implements Template {
  readonly source: string;
  readonly isConstant: boolean;
  readonly placeholders: readonly (readonly string[])[];
  /** One more than there are placeholders: what stands before each, and after the last. */
  readonly #literals: readonly string[];
  /** JSON text that the running rendering has read, so that `${payload.a} ${payload.b}` reads it once. */
  #readText: string | Uint8Array | undefined;
  #readValue: Value;

  constructor(source: string, literals: readonly string[], placeholders: readonly (readonly string[])[]) {
    this.source = source;
    this.isConstant = placeholders.length === 0;
    this.placeholders = placeholders;
    this.#literals = literals;
  }

  render(output: Value, options?: RenderOptions): string {
    let text = this.#literals[0] ?? '';
    for (let index = 0; index < this.placeholders.length; index += 1) {
      text += placeholderText(this.#lookUp(output, index), options) + this.#literals[index + 1];
    }
    this.#forget();
    return text;
  }

  write(output: Value, writer: TemplateWriter, options?: RenderOptions): void {
    this.#literals.forEach((literal, index) => {
      if (literal !== '') writer.write(literal);
      if (index === this.placeholders.length) return;
      const value = this.#lookUp(output, index);
      writer.write(isText(value) ? value : placeholderText(value, options));
    });
    this.#forget();
  }

  value(output: Value): Value {
    const isOnePlaceholder = this.placeholders.length === 1 && this.#literals.join('') === '';
    if (!isOnePlaceholder) return this.render(output);
    const value = this.#lookUp(output, 0);
    this.#forget();
    return value;
  }

  strict(output: Value): string | undefined {
    const values = this.placeholders.map((_, index) => this.#lookUp(output, index));
    this.#forget();
    let text = this.#literals[0] ?? '';
    for (const [index, value] of values.entries()) {
      const part = value === undefined || value === null ? '' : toText(value);
      if (part === '') return undefined;
      text += part + this.#literals[index + 1];
    }
    return text;
  }

  #lookUp(output: Value, index: number): Value {
    return getPath(output, this.placeholders[index] ?? [], this.#read);
  }

  readonly #read = (text: string | Uint8Array): Value => {
    if (text !== this.#readText) {
      this.#readText = text;
      this.#readValue = readJson(text);
    }
    return this.#readValue;
  };

  #forget(): void {
    this.#readText = undefined;
    this.#readValue = undefined;
  }
}

function placeholderText(value: Value, options: RenderOptions | undefined): string {
  return value === undefined ? (options?.missing ?? 'undefined') : toText(value);
}
