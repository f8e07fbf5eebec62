import type { Failure } from './errors.ts';

/** What the link asks its worker thread. Handled one at a time, in order. */
export type Request = { readonly id: number; readonly cancelled: Cancelled } & (
  | ({ readonly kind: 'open' } & OpenOptions)
  | { readonly kind: 'check' }
  | ({ readonly kind: 'prepare' } & PreparedStatement)
  | ({ readonly kind: 'write' } & Rows)
  | { readonly kind: 'release'; readonly statement: number }
  | { readonly kind: 'close' }
);

/** Shared by both threads: the first element becomes 1 when nobody waits for the answer any more. */
export type Cancelled = Int32Array<SharedArrayBuffer>;

export interface OpenOptions {
  readonly path: string;
  readonly journalMode: string;
  readonly synchronous: string;
  readonly busyTimeoutMs: number;
}

export interface PreparedStatement {
  readonly statement: number;
  readonly sql: string;
  /** Placeholder paths as JSON; a record that was encoded for others is bound by name. */
  readonly parameters: string;
  readonly createTable: string | undefined;
}

export interface Rows {
  readonly statement: number;
  /** The encoded records, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each record ends. */
  readonly ends: readonly number[];
}

export interface RefusedRow extends Failure {
  readonly index: number;
}

export type Reply =
  | { readonly id: number; readonly kind: 'done'; readonly refused: readonly RefusedRow[] }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: Failure };
