import type { ResourceView } from '@millrace/resource';
import type { z } from 'zod';
import type { ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import type { ChannelKind } from './channel-kind.ts';
import { storedSettings } from './resource-config.ts';
import { type channelSummary, type channelView, showStatus } from './resource-schemas.ts';

export function viewOf({ id }: ResourceId, ports: ApiPorts, kind: ChannelKind): ResourceView | undefined {
  return kind.views(ports).find((view) => view.id === id);
}

export function showOne(id: ResourceId, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelView> {
  const view = viewOf(id, ports, kind);
  return showChannel(view ?? notInstalled(id), ports, kind);
}

export function showChannel(view: ResourceView, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelView> {
  const settings = ports.config.masked([kind.root, view.type, view.name]) as object;
  return {
    ...settings,
    type: view.type,
    name: view.name,
    enable: view.isEnabled,
    connector: view.connector ?? '',
    ...showStatus(view, ports),
    error: view.statusReason,
    rules: [...kind.rulesUsing(view.id, ports)],
  };
}

export function summarize(view: ResourceView, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelSummary> {
  const settings = (storedSettings(ports, kind.root, view) ?? {}) as Partial<z.output<typeof channelSummary>>;
  return {
    type: view.type,
    name: view.name,
    enable: view.isEnabled,
    description: settings.description ?? '',
    tags: settings.tags ?? [],
    ...(settings.created_at === undefined ? undefined : { created_at: settings.created_at }),
    ...(settings.last_modified_at === undefined ? undefined : { last_modified_at: settings.last_modified_at }),
    ...showStatus(view, ports),
    rules: [...kind.rulesUsing(view.id, ports)],
  };
}

/** A stored action that the resource layer has not taken over. */
export function notInstalled({ id, type, name }: ResourceId): ResourceView {
  return {
    id,
    type,
    name,
    resourceId: '',
    isEnabled: false,
    status: 'disconnected',
    statusReason: 'Not installed',
    connector: undefined,
    actions: [],
    sources: [],
  };
}
