import type { Position } from '../errors.ts';

/**
 * A statement's text as the lexer sees it. EMQX deletes a line feed that stands directly before a slash, before it reads
 * the text; positions are told in the text as it was written.
 */
export class Source {
  readonly text: string;
  readonly #written: string;
  /** Where line feeds were deleted, as offsets in `text`. */
  readonly #deletions: readonly number[];

  constructor(written: string) {
    this.#written = written;
    this.text = written.trimEnd().replaceAll('\n/', '/');
    this.#deletions = [...written.matchAll(/\n\//g)].map((found, index) => found.index - index);
  }

  positionAt(offset: number): Position {
    const deletedBefore = this.#deletions.filter((deletion) => deletion <= offset).length;
    const before = this.#written.slice(0, offset + deletedBefore);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: before.length - lineStart + 1 };
  }
}
