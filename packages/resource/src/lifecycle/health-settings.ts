import type { ResourceOptions } from '@millrace/contract';

export interface HealthSettings {
  readonly intervalMs: number;
  /** Random addition to the interval. */
  readonly jitterMs: number;
  readonly timeoutMs: number;
  /** How long a create or update call waits for the first verdict. */
  readonly startTimeoutMs: number;
  readonly startsAtOnce: boolean;
}

export function healthSettings(options: ResourceOptions): HealthSettings {
  return {
    intervalMs: options.health_check_interval ?? 15_000,
    jitterMs: options.health_check_interval_jitter ?? 0,
    timeoutMs: options.health_check_timeout ?? 60_000,
    startTimeoutMs: options.start_timeout ?? 5000,
    startsAtOnce: options.start_after_created ?? true,
  };
}
