import { stringifyJson, type Value } from '@millrace/values';

/** A place in a statement, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text is not a statement. The message names the place, what stands there and what was expected. */
export class SqlError extends Error implements Position {
  readonly line: number;
  readonly column: number;
  /** What the author probably meant, when the mistake is a usual one. */
  readonly hint: string | undefined;
  /** The same error in the words of EMQX, which scripts may look for, e.g. `1: syntax error before: FORM`. */
  readonly emqxMessage: string;

  constructor(what: string, at: Position, emqxMessage: string, hint?: string) {
    super(`line ${at.line}, column ${at.column}: ${what}${hint === undefined ? '' : `. ${hint}`}`);
    this.name = 'SqlError';
    this.line = at.line;
    this.column = at.column;
    this.hint = hint;
    this.emqxMessage = emqxMessage;
  }
}

/** The part of a rule that failed, in EMQX's words. */
export type EvaluationErrorKind =
  | 'select_and_transform_error'
  | 'match_conditions_error'
  | 'select_and_collect_error'
  | 'match_incase_error'
  | 'doeach_error';

/** Why it failed: a name, or a name with the function and its arguments. */
export type FailureReason =
  | string
  | { readonly reason: string; readonly function_name: string; readonly arguments: readonly Value[] };

/** A rule failed for one message. The message says why without showing any value. */
export class EvaluationError extends Error {
  readonly kind: EvaluationErrorKind;
  /** What EMQX reports. May hold values of the message: for the author of the rule, not for logs. */
  readonly reason: FailureReason;

  constructor(kind: EvaluationErrorKind, failure: SqlFailure) {
    super(`${CLAUSES[kind]}: ${failure.message}`, { cause: failure });
    this.name = 'EvaluationError';
    this.kind = kind;
    this.reason = failure.reason;
  }

  /** The JSON text with which EMQX's rule tester answers. */
  get emqxMessage(): string {
    return stringifyJson({ [this.kind]: this.reason });
  }
}

const CLAUSES: Readonly<Record<EvaluationErrorKind, string>> = {
  select_and_transform_error: 'SELECT failed',
  match_conditions_error: 'WHERE failed',
  select_and_collect_error: 'FOREACH failed',
  match_incase_error: 'INCASE failed',
  doeach_error: 'DO failed',
};

/** Thrown inside an evaluation; the clause around it makes an {@link EvaluationError} of it. */
export class SqlFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'SqlFailure';
    this.reason = reason;
  }
}
