import type { ResourceView } from '@millrace/resource';
import { z } from 'zod';
import type { ApiPorts } from '../ports.ts';

const status = z.enum(['connected', 'connecting', 'disconnected', 'stopped', 'inconsistent']);
const nodeStatus = z.object({ node: z.string(), status, status_reason: z.string().optional() });

const statusFields = {
  status,
  status_reason: z.string().meta({ description: 'Why it is not connected; empty while it is.' }),
  node_status: z.array(nodeStatus),
};

export const resourceId = z.object({ id: z.string().meta({ description: '`TYPE:NAME`' }) });

/** A connector as answers show it: its configuration with secrets masked, and what it does. */
export const connectorView = z
  .looseObject({
    type: z.string(),
    name: z.string(),
    enable: z.boolean(),
    ...statusFields,
    actions: z.array(z.string()).meta({ description: 'Names of the actions that use it.' }),
    sources: z.array(z.string()).meta({ description: 'Names of the sources that use it.' }),
  })
  .meta({ id: 'Connector' });

/** An action or source as answers show it. */
export const channelView = z
  .looseObject({
    type: z.string(),
    name: z.string(),
    enable: z.boolean(),
    connector: z.string(),
    ...statusFields,
    error: z.string(),
    rules: z.array(z.string()).meta({ description: 'Ids of the rules that use it.' }),
  })
  .meta({ id: 'Channel' });

export const channelSummary = z
  .object({
    type: z.string(),
    name: z.string(),
    enable: z.boolean(),
    description: z.string(),
    tags: z.array(z.string()),
    created_at: z.int().optional(),
    last_modified_at: z.int().optional(),
    ...statusFields,
    rules: z.array(z.string()),
  })
  .meta({ id: 'ChannelSummary' });

const counter = z.int().min(0);
const latency = z.object({ count: counter, mean: z.number(), p50: z.number(), p99: z.number(), max: z.number() });

/** Counters and gauges of an action or source. */
export const channelMetrics = z
  .looseObject({
    matched: counter,
    success: counter,
    failed: counter,
    dropped: counter,
    'dropped.expired': counter,
    'dropped.queue_full': counter,
    'dropped.resource_stopped': counter,
    'dropped.resource_not_found': counter,
    'dropped.other': counter,
    late_reply: counter,
    retried: counter,
    'retried.success': counter,
    'retried.failed': counter,
    received: counter,
    queuing: counter.meta({ description: 'Gauge.' }),
    queuing_bytes: counter.meta({ description: 'Gauge.' }),
    inflight: counter.meta({ description: 'Gauge.' }),
    rate: z.number(),
    rate_last5m: z.number(),
    rate_max: z.number(),
    oldest_age_ms: z.number().meta({ description: 'Age of the oldest record without an outcome.' }),
    latency: z.object({ queue_wait: latency, call: latency, end_to_end: latency }).meta({ description: 'ms' }),
  })
  .meta({ id: 'ActionMetrics' });

/** What a resource does at the moment, on every node. */
export function showStatus(view: ResourceView | undefined, { node }: ApiPorts) {
  const now = view?.status ?? 'disconnected';
  const reason = view === undefined ? 'Not installed' : view.statusReason;
  return {
    status: now,
    status_reason: reason,
    node_status: [{ node: node.name, status: now, ...(reason === '' ? undefined : { status_reason: reason }) }],
  };
}
