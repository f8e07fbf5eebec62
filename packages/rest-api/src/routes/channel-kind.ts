import type { ActionMetrics, ChannelConfig, ConnectorConfig, ResourceView } from '@millrace/resource';
import { currentActionId } from '@millrace/rules';
import { ApiError } from '../http/api-error.ts';
import { storeConfig } from '../http/config-changes.ts';
import type { ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import { readsSource } from './rule-filter.ts';

/** What differs between actions and sources. */
export interface ChannelKind {
  readonly root: 'actions' | 'sources';
  readonly noun: 'action' | 'source';
  readonly tags: string[];
  types(ports: ApiPorts): string[];
  views(ports: ApiPorts): readonly ResourceView[];
  metrics(id: string, ports: ApiPorts): ActionMetrics;
  resetMetrics(id: string, ports: ApiPorts): void;
  rulesUsing(id: string, ports: ApiPorts): readonly string[];
  /** Makes sure that no rule uses it any more: takes it out of them, or refuses. */
  release(id: string, alsoFromRules: boolean, ports: ApiPorts): Promise<void>;
  start(id: ResourceId, ports: ApiPorts): Promise<void>;
  probe(type: string, settings: ChannelConfig, signal: AbortSignal, ports: ApiPorts): Promise<void>;
}

export const actionKind: ChannelKind = {
  root: 'actions',
  noun: 'action',
  tags: ['Actions'],
  types: ({ connectorTypes }) => connectorTypes.filter(({ sink }) => sink !== undefined).map(({ type }) => type),
  views: ({ resources }) => resources.actions(),
  metrics: (id, { resources }) => resources.metrics(id),
  resetMetrics: (id, { resources }) => resources.resetMetrics(id),
  rulesUsing: (id, { rules }) => rules.rulesUsing(id),
  release: async (id, alsoFromRules, ports) => {
    const users = ports.rules.rulesUsing(id);
    if (users.length > 0 && !alsoFromRules) throw inUse('action', users);
    for (const rule of users) {
      const kept = (ports.rules.get(rule)?.actions ?? []).filter(
        (action) => typeof action !== 'string' || currentActionId(action) !== id,
      );
      await storeConfig(ports.config, ['rule_engine', 'rules', rule, 'actions'], kept);
    }
  },
  start: ({ type, name }, { resources }) => resources.startAction(type, name),
  probe: (type, settings, signal, { resources }) => resources.probeAction(type, settings, signal),
};

export const sourceKind: ChannelKind = {
  root: 'sources',
  noun: 'source',
  tags: ['Sources'],
  types: ({ connectorTypes }) => connectorTypes.filter(({ source }) => source !== undefined).map(({ type }) => type),
  views: ({ resources }) => resources.sources(),
  metrics: (id, { resources }) => resources.sourceMetrics(id),
  resetMetrics: (id, { resources }) => resources.resetSourceMetrics(id),
  rulesUsing: (id, { rules }) =>
    rules
      .list()
      .filter((rule) => readsSource(rule, id))
      .map((rule) => rule.id),
  release: async (id, alsoFromRules, ports) => {
    const users = sourceKind.rulesUsing(id, ports);
    // a rule without its source would select from nothing; it stays and waits for a source of that name
    if (users.length > 0 && !alsoFromRules) throw inUse('source', users);
  },
  start: ({ type, name }, { resources }) => resources.startSource(type, name),
  // whether its connector would connect; what a source reads shows only while it runs
  probe: (type, { connector }, signal, { resources, config }) =>
    resources.probeConnector(type, config.get(['connectors', type, connector]) as ConnectorConfig, signal),
};

function inUse(noun: string, rules: readonly string[]): ApiError {
  const message = `Cannot delete ${noun} while active rules are defined for it: ${rules.join(', ')}`;
  return new ApiError(400, 'BAD_REQUEST', message, { extra: { rules } });
}
