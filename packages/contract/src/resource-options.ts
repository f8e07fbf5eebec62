import { z } from 'zod';
import { byteSize, duration, flag, numberField } from './fields.ts';

const ACCEPTED = { description: 'Accepted for compatibility; has no effect.' };

/**
 * `resource_opts` of an action: EMQX's names, their older spellings, and ours (`buffer_fsync`, `ordering`,
 * `buffer_mode = durable`). Every field is optional here: what is absent is decided by the connector type, then by the
 * resource layer's defaults.
 */
export function resourceOptions() {
  return z
    .strictObject({
      worker_pool_size: numberField({
        description: 'Lanes that records are spread over; each lane keeps its order.',
        min: 1,
        max: 1024,
      }).optional(),
      query_mode: z.enum(['sync', 'async']).optional().meta({
        description: '`sync`: a QoS 1 or 2 publisher is acknowledged only after the sink has answered.',
      }),
      request_ttl: duration({
        description:
          'Life of a record from its entry into the buffer; after it the record counts as `dropped.expired`.',
        infinity: true,
      }).optional(),
      inflight_window: numberField({
        description: 'Batches of a lane that may wait for an answer at once.',
        min: 1,
      }).optional(),
      max_inflight: numberField({ description: 'Older name of `inflight_window`.', min: 1 }).optional(),
      batch_size: numberField({ description: 'Most records in a batch.', min: 1 }).optional(),
      batch_time: duration({ description: 'Longest wait for a batch to fill.' }).optional(),
      max_buffer_bytes: byteSize({
        description: 'Budget of the buffer, shared by all lanes of the action.',
      }).optional(),
      buffer_mode: z.enum(['memory_only', 'volatile_offload', 'durable']).optional().meta({
        description:
          '`durable` (default): a record is in the log on disk before its publisher is acknowledged; `memory_only`; `volatile_offload`: spills to disk, not kept over a restart.',
      }),
      buffer_fsync: z.enum(['always', 'interval', 'never']).optional().meta({
        description:
          'What a power loss may cost: `always` nothing, `interval` (default) the last second, `never` what the system had not written.',
      }),
      buffer_seg_bytes: byteSize({ description: 'Size of a file of the log.' }).optional(),
      ordering: z.enum(['none', 'client', 'topic', 'key']).optional().meta({
        description: 'What stays in order: records of one client (default), of one topic, of one key, or nothing.',
      }),
      resume_interval: duration({ description: 'Longest wait between attempts while the target fails.' }).optional(),
      health_check_interval: duration({ description: 'Time between health checks.' }).optional(),
      health_check_interval_jitter: duration({ description: 'Random addition to the interval.' }).optional(),
      health_check_timeout: duration({ description: 'A check that takes longer has failed.' }).optional(),
      start_after_created: flag({ description: 'Start at once when created.' }).optional(),
      start_timeout: duration({
        description: 'How long a create or update call waits for the first verdict.',
      }).optional(),
      metrics_flush_interval: duration(ACCEPTED).optional(),
      auto_restart_interval: z.unknown().optional().meta(ACCEPTED),
      enable_batch: z.unknown().optional().meta(ACCEPTED),
      enable_queue: z.unknown().optional().meta(ACCEPTED),
      request_timeout: duration({ description: 'Older name of `request_ttl`.', infinity: true }).optional(),
      async_inflight_window: numberField({ description: 'Older name of `inflight_window`.', min: 1 }).optional(),
      max_queue_bytes: byteSize({ description: 'Older name of `max_buffer_bytes`.' }).optional(),
    })
    .prefault({})
    .meta({ description: 'Buffering, batching, retry and health checks.' });
}

export type ResourceOptions = z.output<ReturnType<typeof resourceOptions>>;
