import { formatOrigin, type Origin } from './origin.ts';

/** A text that is not HOCON, or that refers to what is not there. The message says what was expected and what to do. */
export class HoconError extends Error {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The message without its place. */
  readonly reason: string;

  constructor(origin: Origin, reason: string) {
    super(`${formatOrigin(origin)}: ${reason}`);
    this.name = 'HoconError';
    this.file = origin.file;
    this.line = origin.line;
    this.column = origin.column;
    this.reason = reason;
  }
}
