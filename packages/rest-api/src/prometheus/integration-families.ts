import type { ApiPorts } from '../ports.ts';
import type { MetricFamily, Sample } from './exposition.ts';

const RULE_COUNTERS =
  'matched passed failed failed.exception failed.no_result actions.total actions.success actions.failed actions.failed.out_of_service actions.failed.unknown actions.discarded'.split(
    ' ',
  );
const ACTION_COUNTERS =
  'matched success failed dropped dropped.expired dropped.queue_full dropped.resource_stopped dropped.resource_not_found dropped.other received late_reply retried retried.success retried.failed'.split(
    ' ',
  );
const ACTION_GAUGES = ['inflight', 'queuing', 'queuing_bytes'];

/** Rules, actions and connectors with their counters, labelled by id. */
export function integrationFamilies(ports: ApiPorts): MetricFamily[] {
  const { rules, resources } = ports;
  const [ruleViews, actionViews, connectorViews] = [rules.list(), resources.actions(), resources.connectors()];
  return [
    count('rules', ruleViews.length),
    count('actions', actionViews.length),
    count('connectors', connectorViews.length),
    gauge('emqx_rule_enable', 'whether the rule runs', ruleViews, ({ enable }) => Number(enable)),
    ...counters('emqx_rule', RULE_COUNTERS, 'counter', ruleViews, ({ id }) => rules.metrics(id)),
    gauge('emqx_action_enable', 'whether the action is enabled', actionViews, ({ isEnabled }) => Number(isEnabled)),
    gauge('emqx_action_status', '1: connected', actionViews, ({ status }) => Number(status === 'connected')),
    ...counters('emqx_action', ACTION_COUNTERS, 'counter', actionViews, ({ id }) => resources.metrics(id)),
    ...counters('emqx_action', ACTION_GAUGES, 'gauge', actionViews, ({ id }) => resources.metrics(id)),
    gauge('emqx_connector_enable', 'whether the connector is enabled', connectorViews, ({ isEnabled }) =>
      Number(isEnabled),
    ),
    gauge('emqx_connector_status', '1: connected', connectorViews, ({ status }) => Number(status === 'connected')),
  ];
}

function count(what: string, value: number): MetricFamily {
  return { name: `emqx_${what}_count`, type: 'gauge', help: `number of ${what}`, samples: [{ value }] };
}

interface Identified {
  readonly id: string;
}

function gauge<T extends Identified>(
  name: string,
  help: string,
  items: readonly T[],
  read: (item: T) => number,
): MetricFamily {
  return { name, type: 'gauge', help, samples: items.map((item) => labelled(item, read(item))) };
}

function counters<T extends Identified>(
  prefix: string,
  names: readonly string[],
  type: MetricFamily['type'],
  items: readonly T[],
  read: (item: T) => object,
): MetricFamily[] {
  const values = items.map((item) => [item, read(item) as Readonly<Record<string, number>>] as const);
  return names.map((name) => ({
    name: `${prefix}_${name.replaceAll('.', '_')}`,
    type,
    help: name,
    samples: values.map(([item, metrics]) => labelled(item, metrics[name] ?? 0)),
  }));
}

function labelled({ id }: Identified, value: number): Sample {
  return { labels: { id }, value };
}
