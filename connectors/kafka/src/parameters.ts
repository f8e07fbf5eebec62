import { byteSize, duration, flag, numberField, type SinkDelivery, template } from '@millrace/contract';
import { z } from 'zod';
import { isOnePlaceholder } from './record.ts';

/** Requests of one producer and partition that brokers can tell apart when they are repeated; more would allow duplicates. */
export const MAX_IDEMPOTENT_INFLIGHT = 5;

const message = z
  .strictObject({
    key: template({ description: 'Key of the record; nothing is NULL.' }).prefault('${.clientid}'),
    value: template({
      description: 'Value of the record; `${.}` is the whole output as JSON, nothing is NULL.',
    }).prefault('${.}'),
    timestamp: template({ description: 'Milliseconds since the epoch; anything else is the current time.' }).prefault(
      '${.timestamp}',
    ),
  })
  .prefault({})
  .meta({ description: 'Templates of the record.' });

const extraHeader = z.strictObject({
  kafka_ext_header_key: template({ description: 'Name of the header.' }),
  kafka_ext_header_value: template({ description: 'One placeholder, or plain text.', examples: ['${topic}'] }),
});

const buffer = z
  .strictObject({
    mode: z.enum(['memory', 'disk', 'hybrid']).optional().meta({
      description:
        '`disk` keeps records over a restart, `memory` does not, `hybrid` spills to disk without keeping. Without it the buffer is durable.',
    }),
    per_partition_limit: byteSize({
      description: 'Budget of the buffer; all partitions of the action share it.',
    }).optional(),
    segment_bytes: byteSize({ description: 'Size of a file of the buffer.', advanced: true }).optional(),
    memory_overload_protection: flag({
      description: 'Accepted for compatibility; the budget bounds the memory.',
    }).optional(),
  })
  .prefault({})
  .meta({ description: 'Where records wait until they are sent.' });

const fields = z.strictObject({
  topic: template({
    description: 'Topic; with placeholders, rendered for each record.',
    examples: ['telemetry', 'site-${site}'],
  }),
  message,
  max_linger_time: duration({ description: 'Longest wait for a batch to fill.', advanced: true }).prefault('0ms'),
  max_linger_bytes: byteSize({
    description: 'Accepted for compatibility; a full batch never waits.',
    advanced: true,
  }).prefault('10MB'),
  max_batch_bytes: byteSize({
    description: 'Largest batch before compression; a larger record is sent alone.',
  }).prefault('896KB'),
  max_batch_age: duration({ description: 'Accepted for compatibility; see `request_ttl`.', infinity: true }).optional(),
  max_retries: z
    .union([z.literal('infinity'), numberField({ description: 'Accepted for compatibility.' })])
    .optional()
    .meta({
      description: 'Accepted for compatibility; batches are retried until `request_ttl`.',
    }),
  compression: z.enum(['no_compression', 'gzip', 'snappy', 'lz4', 'zstd']).default('no_compression').meta({
    description: 'Compression of batches.',
  }),
  partition_strategy: z.enum(['random', 'key_dispatch', 'murmur2']).default('random').meta({
    description:
      '`random`; `key_dispatch`: by the hash EMQX uses for keys; `murmur2`: by the hash of Java producers, records without key at random.',
  }),
  required_acks: z.enum(['all_isr', 'leader_only', 'none']).default('all_isr').meta({
    description: 'Who must have a batch before it counts as sent: all in-sync replicas, the leader, or nobody.',
  }),
  kafka_headers: template({
    description: 'One placeholder for an object, or a list of pairs, that becomes headers.',
    examples: ['${pub_props}'],
  }).optional(),
  kafka_ext_headers: z
    .array(extraHeader)
    .default([])
    .meta({ description: 'More headers, after those of `kafka_headers`.' }),
  kafka_header_value_encode_mode: z.enum(['none', 'json']).default('none').meta({
    description: '`none` sends text values and leaves others out; `json` sends every value as JSON.',
  }),
  partition_count_refresh_interval: duration({
    description: 'Time between looks for added partitions.',
    advanced: true,
  }).prefault('60s'),
  partitions_limit: z
    .union([z.literal('all_partitions'), numberField({ description: 'Number of partitions.', min: 1 })])
    .default('all_partitions')
    .meta({ description: 'Use only the first partitions.', advanced: true }),
  max_inflight: numberField({
    description: 'Unanswered batches of one partition; more than 5 only with `required_acks = none`, to keep order.',
    min: 1,
  }).prefault(10),
  query_mode: z.enum(['async', 'sync']).default('async').meta({
    description: '`sync`: a QoS 1 or 2 publisher is acknowledged only after Kafka has answered.',
  }),
  sync_query_timeout: duration({
    description: 'Accepted for compatibility; the record stays in the buffer either way.',
    advanced: true,
  }).prefault('5s'),
  buffer,
});

export const sinkParameters = fields.superRefine((parameters, context) => {
  const refuse = (path: PropertyKey[], text: string) => context.addIssue({ code: 'custom', path, message: text });
  const { topic, message: record, partition_strategy: strategy, kafka_headers: headers } = parameters;

  if (topic.source === '') refuse(['topic'], 'must not be empty');
  else if (topic.isConstant && !isTopicName(topic.source)) refuse(['topic'], TOPIC_RULE);
  if (strategy !== 'random' && record.key.source === '') {
    refuse(
      ['message', 'key'],
      `must not be empty with partition_strategy = ${strategy}; write for instance \${.clientid}`,
    );
  }
  if (headers !== undefined && !isOnePlaceholder(headers)) {
    refuse(['kafka_headers'], 'must be exactly one placeholder, e.g. ${pub_props}');
  }
  for (const [index, { kafka_ext_header_value: value }] of parameters.kafka_ext_headers.entries()) {
    if (value.isConstant || isOnePlaceholder(value)) continue;
    refuse(
      ['kafka_ext_headers', index, 'kafka_ext_header_value'],
      'must be one placeholder, e.g. ${topic}, or plain text',
    );
  }
});

export type SinkParameters = z.output<typeof sinkParameters>;

const TOPIC_RULE = 'not a topic name; use up to 249 of the characters a-z A-Z 0-9 . _ -';

export function isTopicName(text: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(text) && text !== '.' && text !== '..';
}

const BUFFER_MODES = { memory: 'memory_only', disk: 'durable', hybrid: 'volatile_offload' } as const;
const ACKS = { all_isr: -1, leader_only: 1, none: 0 } as const;

/** The number that Produce requests carry. */
export function acksOf(parameters: SinkParameters): -1 | 0 | 1 {
  return ACKS[parameters.required_acks];
}

/** What the resource layer is told. A record waits until it is sent or pushed out, as in EMQX. */
export function deliveryOf(parameters: SinkParameters): Partial<SinkDelivery> {
  const { mode, per_partition_limit: limit, segment_bytes: segment } = parameters.buffer;
  const canRepeat = parameters.required_acks !== 'none';
  return {
    maxBatchRecords: 10_000,
    maxBatchBytes: parameters.max_batch_bytes,
    lingerMs: parameters.max_linger_time,
    maxInflight: canRepeat ? Math.min(parameters.max_inflight, MAX_IDEMPOTENT_INFLIGHT) : parameters.max_inflight,
    pipelined: true,
    queryMode: parameters.query_mode,
    requestTtlMs: Number.POSITIVE_INFINITY,
    ...(mode !== undefined && { bufferMode: BUFFER_MODES[mode] }),
    ...(limit !== undefined && { maxBufferBytes: limit }),
    ...(segment !== undefined && { segmentBytes: segment }),
  };
}
