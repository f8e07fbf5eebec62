import type { Position } from '../errors.ts';

/**
 * A statement's text as the lexer sees it. EMQX deletes a line feed that stands directly before a slash, before it reads
 * the text; positions are told in the text as it was written.
 */
export class Source {
  readonly text: string;
  /** Where lines begin in the written text. */
  readonly #lines: readonly number[];
  /** Where line feeds were deleted, as offsets in `text`. */
  readonly #deletions: readonly number[];

  constructor(written: string) {
    this.text = written.trimEnd().replaceAll('\n/', '/');
    this.#lines = [0, ...Array.from(written.matchAll(/\n/g), (found) => found.index + 1)];
    this.#deletions = Array.from(written.matchAll(/\n\//g), (found, index) => found.index - index);
  }

  positionAt(offset: number): Position {
    const written = offset + countUpTo(this.#deletions, offset);
    const line = countUpTo(this.#lines, written);
    return { line, column: written - this.#lines[line - 1]! + 1 };
  }
}

/** How many of the ascending offsets are not greater. */
function countUpTo(offsets: readonly number[], limit: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
