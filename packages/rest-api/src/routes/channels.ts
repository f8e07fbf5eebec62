import type { ChannelConfig, ResourceView } from '@millrace/resource';
import { z } from 'zod';
import { type Api, answers, nothing, queryFlag } from '../http/api.ts';
import { badRequest } from '../http/api-error.ts';
import { removeConfig, storeConfig } from '../http/config-changes.ts';
import { alreadyExists, newResourceId, type ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import type { ChannelKind } from './channel-kind.ts';
import { checkNode } from './nodes.ts';
import { probe } from './probe.ts';
import { existing, settingsOf, storedSettings } from './resource-config.ts';
import { channelMetrics, channelSummary, channelView, resourceId, showStatus } from './resource-schemas.ts';
import { metricsAnswer } from './rule-schemas.ts';

const newChannel = z
  .looseObject({ type: z.string(), name: z.string(), connector: z.string() })
  .meta({ description: 'Common fields, and `parameters` of the type; see `GET /schemas/actions`.' });

/** Actions and sources have the same routes; what differs is in `kind`. */
export function channelRoutes(api: Api, ports: ApiPorts, kind: ChannelKind): void {
  const { config } = ports;
  const { root, tags, noun } = kind;
  const pathOf = ({ type, name }: ResourceId): readonly string[] => [root, type, name];

  api.get(
    `/${root}`,
    { schema: { tags, summary: `All ${root}`, response: answers({ 200: z.array(channelView) }, 401) } },
    () => kind.views(ports).map((view) => showChannel(view, ports, kind)),
  );

  api.get(
    `/${root}_summary`,
    { schema: { tags, summary: `All ${root} in short`, response: answers({ 200: z.array(channelSummary) }, 401) } },
    () => kind.views(ports).map((view) => summarize(view, ports, kind)),
  );

  api.get(
    `/${noun}_types`,
    { schema: { tags, summary: `Types of ${root}`, response: answers({ 200: z.array(z.string()) }, 401) } },
    () => kind.types(ports),
  );

  api.post(
    `/${root}`,
    { schema: { tags, summary: `Add one`, body: newChannel, response: answers({ 201: channelView }, 400, 401) } },
    async ({ body }, reply) => {
      const id = newResourceId(body.type, body.name);
      if (storedSettings(ports, root, id) !== undefined) throw alreadyExists(noun);
      checkConnector(body.connector, id.type, ports);
      await storeConfig(config, pathOf(id), settingsOf(body, ports));
      return reply.status(201).send(showOne(id, ports, kind));
    },
  );

  api.get(
    `/${root}/:id`,
    {
      schema: {
        tags,
        summary: `One of the ${root}`,
        params: resourceId,
        response: answers({ 200: channelView }, 401, 404),
      },
    },
    ({ params }) => showOne(existing(ports, root, params.id), ports, kind),
  );

  api.put(
    `/${root}/:id`,
    {
      schema: {
        tags,
        summary: 'Replace the settings; what is queued stays',
        params: resourceId,
        body: z.looseObject({ connector: z.string() }),
        response: answers({ 200: channelView }, 400, 401, 404),
      },
    },
    async ({ params, body }) => {
      const id = existing(ports, root, params.id);
      checkConnector(body.connector, id.type, ports);
      await storeConfig(config, pathOf(id), settingsOf(body, ports, storedSettings(ports, root, id)));
      return showOne(id, ports, kind);
    },
  );

  api.delete(
    `/${root}/:id`,
    {
      schema: {
        tags,
        summary: 'Remove one',
        params: resourceId,
        querystring: z.object({
          also_delete_dep_actions: queryFlag.optional().meta({ description: 'Take it out of the rules that use it.' }),
        }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params, query }, reply) => {
      const id = existing(ports, root, params.id);
      await kind.release(id.id, query.also_delete_dep_actions === true, ports);
      await removeConfig(config, pathOf(id));
      return reply.status(204).send(null);
    },
  );

  api.get(
    `/${root}/:id/metrics`,
    {
      schema: {
        tags,
        summary: 'Counters and gauges',
        params: resourceId,
        response: answers({ 200: metricsAnswer(channelMetrics) }, 401, 404),
      },
    },
    ({ params }) => {
      const id = existing(ports, root, params.id);
      const metrics = { ...kind.metrics(id.id, ports) };
      return { metrics, node_metrics: [{ node: ports.node.name, status: viewOf(id, ports, kind)?.status, metrics }] };
    },
  );

  api.put(
    `/${root}/:id/metrics/reset`,
    {
      schema: {
        tags,
        summary: 'Start the counters at zero',
        params: resourceId,
        response: answers({ 204: nothing }, 401, 404),
      },
    },
    async ({ params }, reply) => {
      kind.resetMetrics(existing(ports, root, params.id).id, ports);
      return reply.status(204).send(null);
    },
  );

  api.put(
    `/${root}/:id/enable/:enable`,
    {
      schema: {
        tags,
        summary: 'Enable or disable',
        params: resourceId.extend({ enable: z.enum(['true', 'false']) }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      const id = existing(ports, root, params.id);
      await storeConfig(config, [...pathOf(id), 'enable'], params.enable === 'true');
      return reply.status(204).send(null);
    },
  );

  api.post(
    `/${root}/:id/start`,
    {
      schema: {
        tags,
        summary: 'Connect now',
        params: resourceId,
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      await start(existing(ports, root, params.id), ports, kind);
      return reply.status(204).send(null);
    },
  );

  api.post(
    `/nodes/:node/${root}/:id/start`,
    {
      schema: {
        tags,
        summary: 'The same on one node',
        params: resourceId.extend({ node: z.string() }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      checkNode(ports, params.node);
      await start(existing(ports, root, params.id), ports, kind);
      return reply.status(204).send(null);
    },
  );

  api.post(
    `/${root}_probe`,
    {
      schema: {
        tags,
        summary: 'Try whether it would work; nothing is kept',
        body: newChannel,
        response: answers({ 204: nothing }, 400, 401),
      },
    },
    async ({ body }, reply) => {
      checkConnector(body.connector, body.type, ports);
      await probe(ports, root, body, (type, settings, signal) =>
        kind.probe(type, settings as ChannelConfig, signal, ports),
      );
      return reply.status(204).send(null);
    },
  );
}

function viewOf({ id }: ResourceId, ports: ApiPorts, kind: ChannelKind): ResourceView | undefined {
  return kind.views(ports).find((view) => view.id === id);
}

function showOne(id: ResourceId, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelView> {
  const view = viewOf(id, ports, kind);
  return showChannel(view ?? notInstalled(id), ports, kind);
}

function showChannel(view: ResourceView, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelView> {
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

function summarize(view: ResourceView, ports: ApiPorts, kind: ChannelKind): z.output<typeof channelSummary> {
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
function notInstalled({ id, type, name }: ResourceId): ResourceView {
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

function checkConnector(connector: string, type: string, { resources }: ApiPorts): void {
  if (resources.connectors().some((view) => view.type === type && view.name === connector)) return;
  throw badRequest(`connector_not_found_or_wrong_type: there is no connector ${type}:${connector}; create it first`);
}

async function start(id: ResourceId, ports: ApiPorts, kind: ChannelKind): Promise<void> {
  const view = viewOf(id, ports, kind);
  const connector = ports.resources
    .connectors()
    .find(({ type, name }) => type === view?.type && name === view.connector);
  if (view?.isEnabled === false || connector?.isEnabled === false) {
    throw badRequest('Forbidden operation, bridge not enabled');
  }
  await kind.start(id, ports);
  const { status, statusReason } = viewOf(id, ports, kind) ?? notInstalled(id);
  if (status === 'disconnected') throw badRequest(statusReason);
}
