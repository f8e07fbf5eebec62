import { DeliveryError, type Log } from '@millrace/contract';
import type { Clock, ResourceStatus } from './ports.ts';

/** What an operator may want to hear of: alarms, `$SYS` topics and traces listen to these. */
export type ResourceEvent =
  | { readonly kind: 'status_changed'; readonly id: string; readonly status: ResourceStatus; readonly reason: string }
  | { readonly kind: 'records_dropped'; readonly id: string; readonly limit: string; readonly count: number }
  | { readonly kind: 'records_failed'; readonly id: string; readonly reason: string }
  | { readonly kind: 'buffer_failed'; readonly id: string; readonly operation: string; readonly reason: string };

const REPEAT_MS = 60_000;

/** Each event is one function: log line and callback cannot drift apart. Repeats of the same event are held back for a minute. */
export class ResourceEvents {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #listener: (event: ResourceEvent) => void;
  readonly #lastAt = new Map<string, number>();

  constructor(log: Log, clock: Clock, listener: (event: ResourceEvent) => void) {
    this.#log = log;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** `isOwn` is false when the status only follows the connector's, which has its own line. */
  statusChanged(id: string, status: ResourceStatus, reason: string, isOwn = true): void {
    if (isOwn) this.#logStatus(id, status, reason);
    this.#listener({ kind: 'status_changed', id, status, reason });
  }

  queueOverflowed(
    id: string,
    fields: { readonly limit: string; readonly limitBytes: number; readonly bytes: number; readonly count: number },
  ): void {
    const { limit, count } = fields;
    const message =
      'the buffer is full: the oldest records were dropped; raise the limit, or find out why the target is slow';
    if (this.#isDue(`overflow ${id}`)) this.#log.warn({ resource: id, ...fields }, message);
    this.#listener({ kind: 'records_dropped', id, limit, count });
  }

  recordFailed(id: string, error: Error): void {
    const reason = error.message;
    // Each kind of refusal has its own cause to mend, so one must not hide another.
    const code = error instanceof DeliveryError ? error.code : error.name;
    if (this.#isDue(`failed ${code} ${id}`)) this.#log.warn({ resource: id, error }, 'a record was refused for good');
    this.#listener({ kind: 'records_failed', id, reason });
  }

  attemptFailed(id: string, error: Error): void {
    if (this.#isDue(`attempt ${id}`)) this.#log.warn({ resource: id, error }, 'delivery failed and is tried again');
  }

  sinkBroke(id: string, error: unknown): void {
    if (!this.#isDue(`broke ${id}`)) return;
    const stack = error instanceof Error ? error.stack : String(error);
    this.#log.error(
      { resource: id, error, stack },
      'the connector threw an error outside its contract; the delivery is tried again',
    );
  }

  callStuck(id: string): void {
    if (this.#isDue(`stuck ${id}`))
      this.#log.error({ resource: id }, 'the connector does not obey an abort; its lane goes on without the call');
  }

  lifeIsShort(id: string, requestTtlMs: number, intervalMs: number): void {
    const message =
      'request_ttl is shorter than two health check intervals: a short outage of the target loses records';
    if (this.#isDue(`life ${id}`))
      this.#log.warn({ resource: id, requestTtlMs, healthCheckIntervalMs: intervalMs }, message);
  }

  closeFailed(id: string, error: unknown): void {
    this.#log.warn({ resource: id, error }, 'closing failed');
  }

  bufferFailed(id: string, operation: string, error: Error): void {
    if (this.#isDue(`buffer ${operation} ${id}`)) {
      this.#log.error(
        { resource: id, operation, error },
        'the buffer cannot use its files; acknowledgements wait, and it is tried again',
      );
    }
    this.#listener({ kind: 'buffer_failed', id, operation, reason: error.message });
  }

  bufferRecovered(
    id: string,
    found: { readonly records: number; readonly damaged: number; readonly unkept: number },
  ): void {
    if (found.damaged > 0)
      this.#log.error({ resource: id, ...found }, 'the buffer has damaged records; they count as dropped.other');
    else if (found.unkept > 0)
      this.#log.warn(
        { resource: id, ...found },
        'records that were in memory only are gone; they count as dropped.other',
      );
    else if (found.records > 0) this.#log.info({ resource: id, ...found }, 'records of the last run are delivered now');
  }

  bufferRemoved(id: string, records: number): void {
    if (records > 0) this.#log.warn({ resource: id, records }, 'the action was deleted with records in its buffer');
  }

  #logStatus(id: string, status: ResourceStatus, reason: string): void {
    const isTrouble = status !== 'stopped' && (status === 'disconnected' || reason !== '');
    if (isTrouble) this.#log.warn({ resource: id, status, reason }, 'resource is not connected');
    else this.#log.info({ resource: id, status }, 'resource status changed');
  }

  #isDue(key: string): boolean {
    const now = this.#clock.now();
    const last = this.#lastAt.get(key);
    if (last !== undefined && now - last < REPEAT_MS) return false;
    this.#lastAt.set(key, now);
    return true;
  }
}
