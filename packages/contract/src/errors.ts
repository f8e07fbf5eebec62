/**
 * The class of an error decides what the resource layer does next; its code tells people what happened.
 * Everything a connector throws towards `resource` is one of these. Messages say what was attempted and what to do,
 * and never hold a secret or a payload.
 */
export abstract class DeliveryError extends Error {
  /** True when the same call may succeed later. */
  abstract readonly recoverable: boolean;
  /** Public and stable, e.g. `KAFKA_UNKNOWN_TOPIC`; documented in `docs/reference/errors.md`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The same batch may succeed later: timeout, throttling, leader change. Retried in order with back-off. */
export class RecoverableError extends DeliveryError {
  override readonly recoverable = true;
  /** When set, the wait before the next attempt, in place of the back-off. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options?: ErrorOptions & { readonly retryAfterMs?: number }) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** The link itself is gone: nothing is written until `connect` has succeeded again. */
export class NotConnectedError extends RecoverableError {}

/**
 * The same record can never succeed: bad request, unknown table, record too large.
 * Thrown for a batch of several records it means "at least one of them": the resource layer splits the batch until the
 * bad ones are alone.
 */
export class UnrecoverableError extends DeliveryError {
  override readonly recoverable = false;
}

/**
 * The configured destination is known to be wrong (missing table, unknown topic). Thrown by `Sink.prepare` only: the
 * action shows `disconnected` with this reason and is prepared again at each health check.
 */
export class UnhealthyTargetError extends DeliveryError {
  override readonly recoverable = false;
}
