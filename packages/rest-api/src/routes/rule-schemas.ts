import { currentActionId, type RuleView } from '@millrace/rules';
import { z } from 'zod';
import type { ApiPorts } from '../ports.ts';

const time = z.string().meta({ format: 'date-time' });

/** A rule as answers show it. */
export const ruleView = z
  .object({
    id: z.string(),
    name: z.string(),
    sql: z.string(),
    from: z.array(z.string()).meta({ description: 'Topics of the FROM clause.' }),
    actions: z.array(z.union([z.string(), z.looseObject({ function: z.string() })])),
    action_details: z.array(z.object({ type: z.string(), name: z.string(), status: z.string() })),
    enable: z.boolean(),
    description: z.string(),
    created_at: time,
    last_modified_at: time,
  })
  .meta({ id: 'Rule' });

const counter = z.int().min(0);

/** Counters of a rule. */
export const ruleMetrics = z
  .object({
    matched: counter,
    passed: counter,
    failed: counter,
    'failed.exception': counter,
    'failed.no_result': counter,
    'actions.total': counter,
    'actions.success': counter,
    'actions.failed': counter,
    'actions.failed.out_of_service': counter,
    'actions.failed.unknown': counter,
    'actions.discarded': counter,
    'matched.rate': z.number(),
    'matched.rate.max': z.number(),
    'matched.rate.last5m': z.number(),
  })
  .meta({ id: 'RuleMetrics' });

/** The sum over all nodes, and each node's own; an action's come with its status there. */
export function metricsAnswer<T extends z.ZodType>(metrics: T) {
  const ofNode = z.object({ node: z.string(), status: z.string().optional(), metrics });
  return z.object({ metrics, node_metrics: z.array(ofNode) });
}

export function showRule(rule: RuleView, { resources }: ApiPorts): z.output<typeof ruleView> {
  const ids = rule.actions.filter((action) => typeof action === 'string').map(currentActionId);
  return {
    id: rule.id,
    name: rule.name,
    sql: rule.sql,
    from: [...rule.from],
    actions: rule.actions.map((action) => (typeof action === 'string' ? action : { ...action })),
    action_details: ids.map((id) => ({ ...typeAndName(id), status: statusOf(id, resources) })),
    enable: rule.enable,
    description: rule.description,
    created_at: new Date(rule.createdAt).toISOString(),
    last_modified_at: new Date(rule.lastModifiedAt).toISOString(),
  };
}

function statusOf(id: string, resources: ApiPorts['resources']): string {
  return resources.actions().find((view) => view.id === id)?.status ?? 'not_found';
}

function typeAndName(id: string): { readonly type: string; readonly name: string } {
  const colon = id.indexOf(':');
  return { type: id.slice(0, colon), name: id.slice(colon + 1) };
}
