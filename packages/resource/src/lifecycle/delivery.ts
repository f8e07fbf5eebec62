import type { ResourceOptions, SinkDelivery } from '@millrace/contract';
import type { LogSettings } from '../buffer/buffer-log.ts';
import type { DispatchSettings } from '../dispatch/settings.ts';
import type { HealthSettings } from './health-settings.ts';
import { healthSettings } from './health-settings.ts';

export interface Delivery {
  readonly log: LogSettings;
  readonly dispatch: DispatchSettings;
  readonly health: HealthSettings;
  readonly ordering: Ordering;
  /** The publisher is acknowledged only after the sink has answered. */
  readonly isSync: boolean;
}

export type Ordering = 'none' | 'client' | 'topic' | 'key';

const DEFAULT_TTL_MS = 45_000;
const DEFAULT_RESUME_MS = 30_000;

const DEFAULTS: Omit<SinkDelivery, 'requestTtlMs'> = {
  maxBatchRecords: 1,
  maxBatchBytes: 1024 * 1024,
  lingerMs: 0,
  maxInflight: 100,
  pipelined: false,
  bufferMode: 'durable',
  maxBufferBytes: 256 * 1024 * 1024,
  segmentBytes: 64 * 1024 * 1024,
  queryMode: 'async',
};

/** Lays the user's words over the type's, and those over the defaults. `options` has the connector's fields beneath the action's. */
export function resolveDelivery(ofType: Partial<SinkDelivery>, options: ResourceOptions): Delivery {
  const settings = { ...DEFAULTS, ...ofType };
  const ordering = options.ordering ?? 'client';
  const mode = options.buffer_mode ?? settings.bufferMode;
  const health = healthSettings(options);
  const ttlMs =
    options.request_ttl ??
    options.request_timeout ??
    ofType.requestTtlMs ??
    (mode === 'durable' ? Infinity : DEFAULT_TTL_MS);
  const maxBytes = options.max_buffer_bytes ?? options.max_queue_bytes ?? settings.maxBufferBytes;
  const inflight =
    options.inflight_window ?? options.async_inflight_window ?? options.max_inflight ?? settings.maxInflight;
  return {
    log: {
      mode,
      fsync: options.buffer_fsync ?? 'interval',
      maxBytes,
      segmentBytes: options.buffer_seg_bytes ?? Math.min(settings.segmentBytes, maxBytes),
    },
    dispatch: {
      lanes: options.worker_pool_size ?? 16,
      isOrdered: ordering !== 'none',
      maxBatchRecords: options.batch_size ?? settings.maxBatchRecords,
      maxBatchBytes: settings.maxBatchBytes,
      lingerMs: Math.min(options.batch_time ?? settings.lingerMs, ttlMs / 2),
      laneInflight: settings.pipelined || ordering === 'none' ? inflight : 1,
      requestTtlMs: ttlMs,
      retryCapMs: Math.min(options.resume_interval ?? DEFAULT_RESUME_MS, DEFAULT_RESUME_MS),
    },
    health,
    ordering,
    isSync: (options.query_mode ?? settings.queryMode) === 'sync',
  };
}
