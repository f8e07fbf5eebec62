import {
  type DeliveryError,
  NotConnectedError,
  RecoverableError,
  UnhealthyTargetError,
  UnrecoverableError,
} from '@millrace/contract';

const CLASSES = {
  'not-connected': NotConnectedError,
  recoverable: RecoverableError,
  unrecoverable: UnrecoverableError,
  'unhealthy-target': UnhealthyTargetError,
} as const;

/** Every error of this connector: what happens next, and what it means to people. */
export const SQLITE_ERRORS = {
  SQLITE_CANNOT_OPEN: {
    class: 'not-connected',
    meaning: 'The database file cannot be opened or created: wrong path, missing rights, or not a database.',
  },
  SQLITE_FILE_GONE: {
    class: 'not-connected',
    meaning: 'The database file was removed or replaced while it was open; it is opened anew.',
  },
  SQLITE_CLOSED: { class: 'not-connected', meaning: 'The database is not open at the moment.' },
  SQLITE_BUSY: { class: 'recoverable', meaning: 'Another process holds the write lock longer than `busy_timeout`.' },
  SQLITE_FULL: { class: 'recoverable', meaning: 'The disk, or the database at its size limit, is full.' },
  SQLITE_TIMEOUT: { class: 'recoverable', meaning: 'The database did not answer in time; the batch was rolled back.' },
  SQLITE_UNAVAILABLE: {
    class: 'recoverable',
    meaning: 'The database cannot write now: read-only file, input/output error, damaged file, out of memory.',
  },
  SQLITE_TARGET_CHANGED: {
    class: 'recoverable',
    meaning: 'A table or column that the statement names has gone since it was prepared.',
  },
  SQLITE_BAD_STATEMENT: {
    class: 'unhealthy-target',
    meaning: 'The statement cannot be prepared: missing table or column, or a syntax error.',
  },
  SQLITE_CONSTRAINT: { class: 'unrecoverable', meaning: 'The row breaks a constraint of its table.' },
  SQLITE_ROW_REFUSED: {
    class: 'unrecoverable',
    meaning: 'The row cannot be stored: wrong type, too large, or a function failed.',
  },
} as const satisfies Record<string, { readonly class: keyof typeof CLASSES; readonly meaning: string }>;

export type SqliteErrorCode = keyof typeof SQLITE_ERRORS;

/** A failure as plain data, to cross from the worker thread. */
export interface Failure {
  readonly code: SqliteErrorCode;
  readonly message: string;
}

/** The contract's error for a failure: the code decides the class. */
export function deliveryError({ code, message }: Failure, cause?: unknown): DeliveryError {
  const ErrorClass = CLASSES[SQLITE_ERRORS[code].class];
  return new ErrorClass(code, message, cause === undefined ? {} : { cause });
}

/** The error of a row that was refused for good. */
export function rowError({ code, message }: Failure): UnrecoverableError {
  return new UnrecoverableError(code, message);
}

/** Primary result codes, https://www.sqlite.org/rescode.html; the extended code has them in its low byte. */
const RESULT_CODES: Readonly<Record<number, SqliteErrorCode>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_BUSY',
  7: 'SQLITE_UNAVAILABLE',
  8: 'SQLITE_UNAVAILABLE',
  9: 'SQLITE_TIMEOUT',
  10: 'SQLITE_UNAVAILABLE',
  11: 'SQLITE_UNAVAILABLE',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANNOT_OPEN',
  15: 'SQLITE_BUSY',
  17: 'SQLITE_TARGET_CHANGED',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_UNAVAILABLE',
};

/** Classifies what `node:sqlite` threw while a row was written. Undefined when SQLite did not throw it: a bug of ours. */
export function classify(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const known = RESULT_CODES[error.errcode & 0xff];
  if (known !== undefined) return { code: known, message: error.message };
  // The generic error: SQLite prepares a statement again after each change of the schema, and then says it so.
  const hasChanged = /^no such (table|column|view)|has no column named|has \d+ columns? but/.test(error.message);
  return { code: hasChanged ? 'SQLITE_TARGET_CHANGED' : 'SQLITE_ROW_REFUSED', message: error.message };
}
