import { z } from 'zod';
import { type Api, answers, nothing, queryFlag } from '../http/api.ts';
import { badRequest } from '../http/api-error.ts';
import { removeConfig, storeConfig } from '../http/config-changes.ts';
import { alreadyExists, newResourceId, type ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import type { ChannelKind } from './channel-kind.ts';
import { showChannel, showOne, summarize } from './channel-views.ts';
import { existing, settingsOf, storedSettings } from './resource-config.ts';
import { channelSummary, channelView, resourceId } from './resource-schemas.ts';

/** Body of a new action or source, and of a probe. */
export const newChannel = z
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
}

export function checkConnector(connector: string, type: string, { resources }: ApiPorts): void {
  if (resources.connectors().some((view) => view.type === type && view.name === connector)) return;
  throw badRequest(`connector_not_found_or_wrong_type: there is no connector ${type}:${connector}; create it first`);
}
