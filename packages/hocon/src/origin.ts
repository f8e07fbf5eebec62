/** Where something was written. `line` is 0 when the place has no lines (a variable, a request). */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, or the name alone where there are no lines. */
export function formatOrigin(origin: Origin): string {
  return origin.line === 0 ? origin.file : `${origin.file}:${origin.line}:${origin.column}`;
}

/** A text that answers which line and column an offset is on. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#lineStarts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  origin(offset: number): Origin {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}
