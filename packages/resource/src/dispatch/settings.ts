/** How records go from the log to the sink; resolved from the type's delivery settings and `resource_opts`. */
export interface DispatchSettings {
  readonly lanes: number;
  readonly isOrdered: boolean;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  readonly lingerMs: number;
  /** Calls of one lane that may run at once. */
  readonly laneInflight: number;
  readonly requestTtlMs: number;
  /** Longest back-off. */
  readonly retryCapMs: number;
}

/** Records that may be outside the log without an outcome: each costs an object. */
export const WINDOW_RECORDS = 32_768;
export const WINDOW_BYTES = 64 * 1024 * 1024;
/** Memory that half-settled blocks may pin before what is left of them is copied out. */
export const PINNED_BYTES = 32 * 1024 * 1024;
