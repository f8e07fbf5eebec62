import type { ResourceView } from '../ports.ts';
import type { Action } from './action.ts';
import type { Connector } from './connector.ts';
import type { SourceChannel } from './source.ts';

export function connectorView(connector: Connector, channels: readonly (Action | SourceChannel)[]): ResourceView {
  const namesOf = (kind: 'action' | 'source') =>
    channels.filter((channel) => channel.kind === kind).map((channel) => channel.name);
  return {
    type: connector.type,
    name: connector.name,
    id: `${connector.type}:${connector.name}`,
    resourceId: connector.resourceId,
    isEnabled: connector.isEnabled,
    status: connector.status,
    statusReason: connector.reason,
    connector: undefined,
    actions: namesOf('action'),
    sources: namesOf('source'),
  };
}

export function channelView(channel: Action | SourceChannel): ResourceView {
  return {
    type: channel.type,
    name: channel.name,
    id: channel.id,
    resourceId: channel.resourceId,
    isEnabled: channel.isEnabled,
    status: channel.status,
    statusReason: channel.reason,
    connector: channel.connector.name,
    actions: [],
    sources: [],
  };
}
