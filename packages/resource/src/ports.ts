import type { ResourceOptions, RuleOutput } from '@millrace/contract';

/** What became of a record, in the names of the action counters. Final. */
export type Outcome =
  | 'success'
  | 'failed'
  | 'expired'
  | 'queue_full'
  | 'resource_stopped'
  | 'resource_not_found'
  | 'late_reply'
  | 'other'
  /** The action is disabled or gone: nothing was taken, and no counter of the action moved. */
  | 'discarded';

/** Told what became of the records of one rule and action. One object for many records; it is called once per run of equal outcomes. */
export interface OutcomeListener {
  /** `count` records have this final outcome. Not called for records of an earlier process, or that are still queued at shutdown. */
  settled(outcome: Outcome, count: number): void;
  /** `count` records failed for the first time in a way that is retried; their outcome follows later. */
  retrying?(count: number): void;
}

export interface SubmitOrigin {
  readonly clientId: string;
  readonly topic: string;
  readonly settled?: OutcomeListener;
}

/** What a publisher's acknowledgement waits for. Fits the broker's `AckGate`; gates never fail. */
export interface Gate {
  readonly isOpen: boolean;
  /** Calls back once, when the gate opens; at once when it is open. */
  whenOpen(callback: () => void): void;
}

/** Where rules hand outputs to one action. Stable while the action exists, over edits and disabling. */
export interface ActionPort {
  readonly id: string;
  /** False while the action is disabled; `submit` then answers with the outcome `discarded`. */
  readonly isEnabled: boolean;
  /**
   * Takes one output. Synchronous, never throws. The gate opens when the record is safe (`durable`), or settled
   * (`query_mode = sync`); undefined when there is nothing to wait for.
   */
  submit(output: RuleOutput, origin: SubmitOrigin): Gate | undefined;
}

export type ResourceStatus = 'connecting' | 'connected' | 'disconnected' | 'stopped';

export interface ResourceView {
  readonly type: string;
  readonly name: string;
  /** `TYPE:NAME` */
  readonly id: string;
  /** e.g. `action:kafka_producer:a1:connector:kafka_producer:c1` */
  readonly resourceId: string;
  readonly isEnabled: boolean;
  readonly status: ResourceStatus;
  /** Text of the last error; empty while connected. */
  readonly statusReason: string;
  /** Name of the connector; of actions and sources only. */
  readonly connector: string | undefined;
  /** Names of the actions and sources of a connector. */
  readonly actions: readonly string[];
  readonly sources: readonly string[];
}

/** Parsed config of `connectors.TYPE.NAME`: these common fields, and the connector's own fields beside them. */
export interface ConnectorConfig {
  readonly enable?: boolean;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly resource_opts?: ResourceOptions;
  readonly [field: string]: unknown;
}

/** Parsed config of `actions.TYPE.NAME` or `sources.TYPE.NAME`; fields not named here are kept out of the resource layer. */
export interface ChannelConfig {
  readonly enable?: boolean;
  /** Name of a connector of the same type. */
  readonly connector: string;
  /** As the definition's `parameters` schema parsed them. */
  readonly parameters?: unknown;
  readonly resource_opts?: ResourceOptions;
  readonly [field: string]: unknown;
}

/** Counters and gauges of an action or source, in EMQX's flat names; ours beside them. */
export interface ActionMetrics {
  readonly matched: number;
  readonly success: number;
  readonly failed: number;
  readonly dropped: number;
  readonly 'dropped.expired': number;
  readonly 'dropped.queue_full': number;
  readonly 'dropped.resource_stopped': number;
  readonly 'dropped.resource_not_found': number;
  readonly 'dropped.other': number;
  readonly late_reply: number;
  readonly retried: number;
  readonly 'retried.success': number;
  readonly 'retried.failed': number;
  readonly received: number;
  readonly queuing: number;
  readonly queuing_bytes: number;
  readonly inflight: number;
  readonly rate: number;
  readonly rate_last5m: number;
  readonly rate_max: number;
  /** Age of the oldest record that has no outcome yet, ms; 0 when there is none. */
  readonly oldest_age_ms: number;
  readonly latency: {
    /** From entry to the first attempt. */
    readonly queue_wait: LatencySummary;
    /** One call of the sink. */
    readonly call: LatencySummary;
    /** From entry to delivery. */
    readonly end_to_end: LatencySummary;
  };
}

/** Milliseconds; percentiles are upper bounds of their bucket. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Time, injected so that tests need none. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once the current event-loop turn has handled its input. */
  endOfTurn(callback: () => void): void;
}
