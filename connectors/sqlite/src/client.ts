import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Link, LinkContext } from '@millrace/contract';
import type { ConnectorConfig } from './config.ts';
import { deliveryError } from './errors.ts';
import type { Cancelled, PreparedStatement, RefusedRow, Reply, Request, Rows } from './protocol.ts';

/** How long a close waits for the thread to end by itself. */
const CLOSE_TIMEOUT_MS = 1000;

const WORKER = new URL(`./database-worker${extname(import.meta.filename)}`, import.meta.url);

interface Waiting {
  readonly cancelled: Cancelled;
  readonly resolve: (refused: readonly RefusedRow[]) => void;
  readonly reject: (error: Error) => void;
}

type Question<R = Request> = R extends Request ? Omit<R, 'id' | 'cancelled'> : never;

/** A database file that is open in a thread of its own. All sinks of the connector share the thread. */
export class SqliteLink implements Link {
  readonly #config: ConnectorConfig;
  readonly #context: Pick<LinkContext, 'lost'>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(config: ConnectorConfig, context: Pick<LinkContext, 'lost'>) {
    this.#config = config;
    this.#context = context;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close();
    this.#start();
    const { database, journal_mode, synchronous, busy_timeout } = this.#config;
    const options = { path: database, journalMode: journal_mode, synchronous, busyTimeoutMs: busy_timeout };
    await this.#ask({ kind: 'open', ...options }, signal);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#ask({ kind: 'check' }, signal);
  }

  /** A number for a statement, never used twice, so that a statement of an earlier connection cannot be mistaken. */
  nextStatement(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  async prepare(statement: PreparedStatement, signal: AbortSignal): Promise<void> {
    await this.#ask({ kind: 'prepare', ...statement }, signal);
  }

  /** Forgets a statement; the end of the thread does the same. */
  release(statement: number): void {
    this.#worker?.postMessage({ kind: 'release', statement, id: 0, cancelled: newCancelled() } satisfies Request);
  }

  /** Writes rows in one transaction; nothing of it stays when this throws. */
  write(rows: Rows, signal: AbortSignal): Promise<readonly RefusedRow[]> {
    return this.#ask({ kind: 'write', ...rows }, signal, [rows.bytes.buffer]);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    for (const { cancelled } of this.#waiting.values()) Atomics.store(cancelled, 0, 1);
    const ended = once(worker, 'exit');
    worker.postMessage({ kind: 'close', id: 0, cancelled: newCancelled() } satisfies Request);
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    await worker.terminate();
    this.#rejectAll('the connector was closed');
  }

  #start(): void {
    const worker = new Worker(WORKER);
    this.#worker = worker;
    worker.on('message', (reply: Reply) => {
      this.#settle(reply);
    });
    worker.once('error', (error) => {
      this.#fail(worker, error);
    });
    worker.once('exit', () => {
      this.#fail(worker, new Error('the database thread ended'));
    });
  }

  /** Sends a question and waits for its answer; an aborted one is rolled back by the thread. */
  async #ask(question: Question, signal: AbortSignal, transfer: readonly ArrayBuffer[] = []) {
    const worker = this.#worker;
    if (worker === undefined) throw deliveryError({ code: 'SQLITE_CLOSED', message: 'the database is not open' });
    this.#lastId += 1;
    const id = this.#lastId;
    const cancelled = newCancelled();
    const giveUp = () => {
      Atomics.store(cancelled, 0, 1);
      this.#settle({ id, kind: 'failed', failure: TIMED_OUT });
    };
    const answer = new Promise<readonly RefusedRow[]>((resolve, reject) => {
      this.#waiting.set(id, { cancelled, resolve, reject });
    });
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    else worker.postMessage({ ...question, id, cancelled } satisfies Request, transfer);
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'done') waiting?.resolve(reply.refused);
    else waiting?.reject(deliveryError(reply.failure));
  }

  #fail(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#rejectAll('the database thread ended unexpectedly', error);
    this.#context.lost(error);
  }

  #rejectAll(message: string, cause?: Error): void {
    for (const { reject } of this.#waiting.values()) reject(deliveryError({ code: 'SQLITE_CLOSED', message }, cause));
    this.#waiting.clear();
  }
}

const TIMED_OUT = {
  code: 'SQLITE_TIMEOUT',
  message: 'the database did not answer in time; see whether another process holds its lock or the disk is slow',
} as const;

function newCancelled(): Cancelled {
  return new Int32Array(new SharedArrayBuffer(4));
}
