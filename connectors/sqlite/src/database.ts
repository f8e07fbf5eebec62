import { mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { classify, type Failure, SQLITE_ERRORS, type SqliteErrorCode } from './errors.ts';
import { type Parameter, ParameterReader } from './parameter.ts';
import type { Cancelled, OpenOptions, PreparedStatement, RefusedRow, Rows } from './protocol.ts';

/** Longest uninterrupted wait for a lock inside SQLite; between two of them a cancelled request gives up. */
const LOCK_SLICE_MS = 50;

/** A failure on its way out of this thread. */
export class DatabaseFailure extends Error {
  readonly failure: Failure;

  constructor(code: SqliteErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.failure = { code, message };
  }
}

interface Prepared {
  readonly run: StatementSync;
  readonly parameters: string;
  readonly names: readonly string[];
}

/**
 * An open database file, used from the worker thread only: every call blocks on the disk.
 *
 * A batch is one transaction. A row that SQLite refuses for good undoes itself alone (SQLite rolls back the failed
 * statement), so the others commit; any other error rolls the whole batch back, and nothing of it is in the file.
 */
export class Database {
  readonly #path: string;
  readonly #file: Stats;
  readonly #handle: DatabaseSync;
  readonly #busyTimeoutMs: number;
  readonly #prepared = new Map<number, Prepared>();

  constructor({ path, journalMode, synchronous, busyTimeoutMs }: OpenOptions) {
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#handle = new DatabaseSync(path, { timeout: LOCK_SLICE_MS });
    } catch (error) {
      throw cannotOpen(path, error);
    }
    try {
      this.#handle.exec(`PRAGMA journal_mode = ${journalMode}; PRAGMA synchronous = ${synchronous}`);
      this.#file = statSync(path);
    } catch (error) {
      this.#handle.close();
      throw classify(error)?.code === 'SQLITE_BUSY' ? toFailure(error) : cannotOpen(path, error);
    }
  }

  /** A removed or replaced file stays writable through its open handle, and all of it would be lost: hence the `stat`. */
  check(): void {
    const file = statSync(this.#path, { throwIfNoEntry: false });
    if (file?.ino !== this.#file.ino || file.dev !== this.#file.dev) {
      throw new DatabaseFailure('SQLITE_FILE_GONE', `the file ${this.#path} was removed or replaced`);
    }
    attempt(() => this.#readSchema());
  }

  prepare({ statement, sql, parameters, createTable }: PreparedStatement, cancelled: Cancelled): void {
    try {
      if (createTable !== undefined) this.#transaction(cancelled, () => this.#handle.exec(createTable));
      this.#readSchema();
      const names = readNames(parameters);
      this.#prepared.set(statement, { run: this.#handle.prepare(sql), parameters, names });
    } catch (error) {
      throw badStatement(toFailure(error));
    }
  }

  release(statement: number): void {
    this.#prepared.delete(statement);
  }

  /** Writes all rows in one transaction and returns those that were refused for good. */
  write({ statement, bytes, ends }: Rows, cancelled: Cancelled): readonly RefusedRow[] {
    const prepared = this.#prepared.get(statement);
    if (prepared === undefined) throw new DatabaseFailure('SQLITE_CLOSED', 'the statement is not prepared yet');
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rows = ends.map((_, index) => readRow(buffer, ends[index - 1] ?? 0, prepared));
    const refused = new Map<number, RefusedRow>();
    while (!this.#writeOnce(prepared.run, rows, refused, cancelled));
    return [...refused.values()].sort((a, b) => a.index - b.index);
  }

  close(): void {
    if (this.#handle.isOpen) this.#handle.close();
  }

  /** SQLite notices what another process did to the tables only when a statement runs; preparing alone trusts its cache. */
  #readSchema(): void {
    this.#handle.exec('SELECT count(*) FROM sqlite_schema');
  }

  /** False when a refused row took the transaction with it (`ON CONFLICT ROLLBACK`): the others must run again. */
  #writeOnce(
    statement: StatementSync,
    rows: readonly (readonly Parameter[])[],
    refused: Map<number, RefusedRow>,
    cancelled: Cancelled,
  ): boolean {
    return this.#transaction(cancelled, () => {
      for (const [index, row] of rows.entries()) {
        if (refused.has(index)) continue;
        const failure = runRow(statement, row);
        if (failure !== undefined) refused.set(index, { index, ...failure });
        if (!this.#handle.isTransaction) return false;
      }
      return true;
    });
  }

  #transaction<T>(cancelled: Cancelled, work: () => T): T {
    this.#begin(cancelled);
    try {
      const result = work();
      giveUpIf(cancelled);
      if (this.#handle.isTransaction) attempt(() => this.#handle.exec('COMMIT'));
      return result;
    } finally {
      if (this.#handle.isTransaction) this.#handle.exec('ROLLBACK');
    }
  }

  /** Takes the write lock; once it is held no statement of the transaction can be busy. */
  #begin(cancelled: Cancelled): void {
    const deadline = performance.now() + this.#busyTimeoutMs;
    for (;;) {
      giveUpIf(cancelled);
      try {
        this.#handle.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (classify(error)?.code !== 'SQLITE_BUSY' || performance.now() >= deadline) throw toFailure(error);
      }
    }
  }
}

/** The row's failure when it is refused for good; throws when the whole batch failed. */
function runRow(statement: StatementSync, row: readonly Parameter[]): Failure | undefined {
  try {
    statement.run(...row);
    return undefined;
  } catch (error) {
    const failed = toFailure(error);
    if (SQLITE_ERRORS[failed.failure.code].class === 'unrecoverable') return failed.failure;
    throw failed;
  }
}

/** The values in the statement's order; a record that was queued for an earlier statement is matched by name. */
function readRow(buffer: Buffer, start: number, { parameters, names }: Prepared): readonly Parameter[] {
  const reader = new ParameterReader(buffer, start);
  const written = reader.prefixed().toString();
  if (written === parameters) return names.map(() => reader.parameter());
  const values = new Map(readNames(written).map((name) => [name, reader.parameter()] as const));
  return names.map((name) => values.get(name) ?? null);
}

/** One text for each path of a JSON list of paths. */
function readNames(parameters: string): readonly string[] {
  return (JSON.parse(parameters) as readonly (readonly string[])[]).map((path) => JSON.stringify(path));
}

/** What makes a row impossible, or its table unknown, makes the statement wrong as long as there is no row yet. */
function badStatement(failed: DatabaseFailure): DatabaseFailure {
  const { code, message } = failed.failure;
  const isWrong = SQLITE_ERRORS[code].class === 'unrecoverable' || code === 'SQLITE_TARGET_CHANGED';
  return isWrong
    ? new DatabaseFailure('SQLITE_BAD_STATEMENT', `cannot prepare the statement: ${message}`, failed)
    : failed;
}

function giveUpIf(cancelled: Cancelled): void {
  if (Atomics.load(cancelled, 0) === 1) throw new DatabaseFailure('SQLITE_TIMEOUT', 'the request was given up');
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  const failure = classify(error);
  if (failure === undefined) throw error;
  return new DatabaseFailure(failure.code, failure.message, error);
}

function cannotOpen(path: string, error: unknown): DatabaseFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new DatabaseFailure('SQLITE_CANNOT_OPEN', `cannot open the database ${path}: ${reason}`, error);
}
