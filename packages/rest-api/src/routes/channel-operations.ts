import type { ChannelConfig } from '@millrace/resource';
import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { badRequest } from '../http/api-error.ts';
import { storeConfig } from '../http/config-changes.ts';
import type { ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import type { ChannelKind } from './channel-kind.ts';
import { notInstalled, viewOf } from './channel-views.ts';
import { checkConnector, newChannel } from './channels.ts';
import { checkNode } from './nodes.ts';
import { probe } from './probe.ts';
import { existing } from './resource-config.ts';
import { channelMetrics, resourceId } from './resource-schemas.ts';
import { metricsAnswer } from './rule-schemas.ts';

/** What can be done with an action or source beside editing it: counters, switching on and off, starting, probing. */
export function channelOperationRoutes(api: Api, ports: ApiPorts, kind: ChannelKind): void {
  const { config } = ports;
  const { root, tags } = kind;

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
      await storeConfig(config, [root, id.type, id.name, 'enable'], params.enable === 'true');
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
