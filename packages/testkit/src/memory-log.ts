import { inspect } from 'node:util';
import type { Log } from '@millrace/contract';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

/** A log that keeps its lines, for tests that ask what was logged. */
export class MemoryLog implements Log {
  readonly lines: LogLine[] = [];

  debug(fields: object, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  /** Everything that was logged as one text, errors with stack and cause. */
  get text(): string {
    return this.lines.map((line) => `${line.level} ${line.message} ${inspect(line.fields, { depth: 8 })}`).join('\n');
  }
}
