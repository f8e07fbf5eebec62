import type { ConnectorConfig, ResourceView } from '@millrace/resource';
import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { badRequest, notFound } from '../http/api-error.ts';
import { removeConfig, storeConfig } from '../http/config-changes.ts';
import { alreadyExists, newResourceId, type ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import { checkNode } from './nodes.ts';
import { probe } from './probe.ts';
import { existing, settingsOf, storedSettings } from './resource-config.ts';
import { connectorView, resourceId, showStatus } from './resource-schemas.ts';

const tags = ['Connectors'];
const newConnector = z.looseObject({ type: z.string(), name: z.string() }).meta({
  description: 'Common fields, and those of the type; see `GET /schemas/connectors`.',
});
const operation = z.enum(['start', 'stop', 'restart']);

export function connectorRoutes(api: Api, ports: ApiPorts): void {
  const { config, resources } = ports;

  api.get(
    '/connectors',
    { schema: { tags, summary: 'All connectors', response: answers({ 200: z.array(connectorView) }, 401) } },
    () => resources.connectors().map((view) => showConnector(view, ports)),
  );

  api.post(
    '/connectors',
    {
      schema: {
        tags,
        summary: 'Add a connector; an outside system that is down does not prevent it',
        body: newConnector,
        response: answers({ 201: connectorView }, 400, 401),
      },
    },
    async ({ body }, reply) => {
      const id = newResourceId(body.type, body.name);
      if (storedSettings(ports, 'connectors', id) !== undefined) throw alreadyExists('connector');
      await storeConfig(config, ['connectors', id.type, id.name], settingsOf(body, ports));
      await resources.verdict(id.type, id.name);
      return reply.status(201).send(showOne(id, ports));
    },
  );

  api.get(
    '/connectors/:id',
    {
      schema: {
        tags,
        summary: 'One connector',
        params: resourceId,
        response: answers({ 200: connectorView }, 401, 404),
      },
    },
    ({ params }) => showOne(existing(ports, 'connectors', params.id), ports),
  );

  api.put(
    '/connectors/:id',
    {
      schema: {
        tags,
        summary: 'Replace the settings; a secret sent back as `******` stays',
        params: resourceId,
        body: z.looseObject({}),
        response: answers({ 200: connectorView }, 400, 401, 404),
      },
    },
    async ({ params, body }) => {
      const id = existing(ports, 'connectors', params.id);
      const old = storedSettings(ports, 'connectors', id);
      await storeConfig(config, ['connectors', id.type, id.name], settingsOf(body, ports, old));
      await resources.verdict(id.type, id.name);
      return showOne(id, ports);
    },
  );

  api.delete(
    '/connectors/:id',
    {
      schema: {
        tags,
        summary: 'Remove a connector',
        params: resourceId,
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      const id = existing(ports, 'connectors', params.id);
      checkUnused(id, ports);
      await removeConfig(config, ['connectors', id.type, id.name]);
      return reply.status(204).send(null);
    },
  );

  api.put(
    '/connectors/:id/enable/:enable',
    {
      schema: {
        tags,
        summary: 'Enable or disable a connector',
        params: resourceId.extend({ enable: z.enum(['true', 'false']) }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      const id = existing(ports, 'connectors', params.id);
      await storeConfig(config, ['connectors', id.type, id.name, 'enable'], params.enable === 'true');
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/connectors/:id/:operation',
    {
      schema: {
        tags,
        summary: 'Connect now; `stop` and `restart` until the next start of the node',
        params: resourceId.extend({ operation }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      await operate(existing(ports, 'connectors', params.id), params.operation, ports);
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/nodes/:node/connectors/:id/:operation',
    {
      schema: {
        tags,
        summary: 'The same on one node',
        params: resourceId.extend({ node: z.string(), operation }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params }, reply) => {
      checkNode(ports, params.node);
      await operate(existing(ports, 'connectors', params.id), params.operation, ports);
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/connectors_probe',
    {
      schema: {
        tags,
        summary: 'Try whether a connector would connect; nothing is kept',
        body: newConnector,
        response: answers({ 204: nothing }, 400, 401),
      },
    },
    async ({ body }, reply) => {
      await probe(ports, 'connectors', body, (type, settings, signal) =>
        resources.probeConnector(type, settings as ConnectorConfig, signal),
      );
      return reply.status(204).send(null);
    },
  );
}

function viewOf({ id }: ResourceId, { resources }: ApiPorts): ResourceView | undefined {
  return resources.connectors().find((view) => view.id === id);
}

function showOne(id: ResourceId, ports: ApiPorts): z.output<typeof connectorView> {
  const view = viewOf(id, ports);
  if (view === undefined) throw notFound(`Connector ${id.id} is not installed`);
  return showConnector(view, ports);
}

function showConnector(view: ResourceView, ports: ApiPorts): z.output<typeof connectorView> {
  const settings = ports.config.masked(['connectors', view.type, view.name]) as object;
  return {
    ...settings,
    type: view.type,
    name: view.name,
    enable: view.isEnabled,
    ...showStatus(view, ports),
    actions: [...view.actions],
    sources: [...view.sources],
  };
}

function checkUnused(id: ResourceId, ports: ApiPorts): void {
  const view = viewOf(id, ports);
  const users = [...(view?.actions ?? []), ...(view?.sources ?? [])];
  if (users.length === 0) return;
  throw badRequest(`Cannot delete connector while there are active channels defined for it: ${users.join(', ')}`);
}

async function operate(id: ResourceId, what: z.output<typeof operation>, ports: ApiPorts): Promise<void> {
  const { resources } = ports;
  if (viewOf(id, ports)?.isEnabled === false) throw badRequest('Forbidden operation, connector not enabled');
  if (what === 'start') await resources.startConnector(id.type, id.name);
  else if (what === 'stop') await resources.stopConnector(id.type, id.name);
  else await resources.restartConnector(id.type, id.name);
  const view = viewOf(id, ports);
  if (view?.status === 'disconnected') throw badRequest(view.statusReason);
}
