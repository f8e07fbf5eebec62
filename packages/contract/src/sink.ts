import type { Value } from '@millrace/values';
import type { Log } from './connector.ts';
import type { UnrecoverableError } from './errors.ts';
import type { RecordWriter } from './record-writer.ts';

/** What a rule selected for one message: column name to value. Templates of sinks read from it. */
export type RuleOutput = { readonly [column: string]: Value };

/**
 * Writes rule outputs to an outside system. A sink never retries, batches, buffers, reconnects or counts: the resource
 * layer does, once, for all. It says what happened and obeys its `AbortSignal`.
 */
export interface Sink {
  /**
   * Turns one output into the bytes that are buffered and later handed to `write`, perhaps after a restart. Runs once
   * per output on the publisher's path: pure, synchronous, fast. Throws {@link UnrecoverableError} for an output that
   * can never be sent (counted `failed`). Bytes appended before a throw are discarded by the caller.
   */
  encode(output: RuleOutput, record: RecordWriter): void;

  /**
   * The unit of order that a record belongs to (Kafka: topic and partition). Without this method the resource layer
   * spreads records over `worker_pool_size` lanes by the action's `ordering`. Called when a record leaves the buffer,
   * so it may depend on current metadata; it may wait for metadata (records behind it wait too), and may throw
   * {@link UnrecoverableError} (`failed`) or `RecoverableError` (asked again later).
   */
  lane?(record: EncodedRecord): string | Promise<string>;

  /**
   * Delivers a batch of one lane, in order, and resolves once the outside system has taken it. The result lists the
   * records that were refused for good; all others count as delivered. A throw means that the whole batch was not taken.
   * When {@link SinkDelivery.pipelined} is true several writes of one lane run at once, started in order.
   */
  write(batch: Batch, signal: AbortSignal): Promise<readonly Rejection[] | void>;

  /**
   * Makes the destination ready on a connected link (prepare statements, look up the topic). Called after each connect,
   * and again at each health check while it fails. Throws `UnhealthyTargetError` when the destination is known to be wrong.
   */
  prepare?(signal: AbortSignal): Promise<void>;

  /** Health of the destination alone, run at the action's `health_check_interval`; without it the link's health counts. */
  check?(signal: AbortSignal): Promise<void>;

  close?(): Promise<void>;
}

export interface SinkContext {
  /** Resource id, e.g. `action:kafka_producer:to_kafka:connector:kafka_producer:my_kafka`. */
  readonly id: string;
  readonly node: string;
  readonly log: Log;
}

/**
 * One encoded record where the buffer keeps it: `bytes.subarray(start, end)`. Valid until the `write` it was given to
 * has settled; never changed.
 */
export interface EncodedRecord {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** When the record entered the buffer, ms since the epoch. */
  readonly enqueuedAt: number;
}

export interface Batch {
  /** What `lane` answered, or the lane's number as text. */
  readonly lane: string;
  /** Stable small number of the lane, for choosing a connection of a pool. */
  readonly laneIndex: number;
  readonly records: readonly EncodedRecord[];
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** A record that was refused for good while others of its batch were taken. */
export interface Rejection {
  /** Position in `Batch.records`. */
  readonly index: number;
  readonly error: UnrecoverableError;
}

/**
 * Delivery settings in one vocabulary. The resource layer starts from its own defaults, lays the type's
 * `delivery(parameters)` over them, and then the action's `resource_opts` where the user wrote them.
 */
export interface SinkDelivery {
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  /** Longest wait for a batch to fill; 0 sends what is there at the end of the event-loop turn. */
  readonly lingerMs: number;
  /** Batches of one lane that may be in flight at once when order allows it (`pipelined`, or `ordering = none`). */
  readonly maxInflight: number;
  /**
   * The sink keeps the order of one lane even with several writes in flight: when one fails recoverably, all later ones
   * of that lane fail too (Kafka's idempotent producer, one MQTT connection).
   */
  readonly pipelined: boolean;
  readonly bufferMode: BufferMode;
  readonly maxBufferBytes: number;
  readonly segmentBytes: number;
  readonly queryMode: 'sync' | 'async';
  /** Infinity: never expires. */
  readonly requestTtlMs: number;
}

export type BufferMode = 'memory_only' | 'volatile_offload' | 'durable';

/** A copy-free view of a record's bytes. */
export function recordBytes(record: EncodedRecord): Buffer {
  return record.bytes.subarray(record.start, record.end);
}

/** A record that was written as UTF-8 text. */
export function recordText(record: EncodedRecord): string {
  return record.bytes.toString('utf8', record.start, record.end);
}
