import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { ApiError } from '../http/api-error.ts';
import type { ApiPorts, ListenerInfo } from '../ports.ts';

const tags = ['Listeners'];
const count = z.union([z.int(), z.literal('infinity')]);
const status = z.object({ running: z.boolean(), max_connections: count, current_connections: z.int() });
const listener = z
  .object({
    id: z.string().meta({ examples: ['tcp:default'] }),
    type: z.string(),
    name: z.string(),
    enable: z.boolean(),
    bind: z.string().meta({ description: 'With the port that was chosen when port 0 was asked for.' }),
    acceptors: z.int(),
    number: z.int().meta({ description: 'Nodes that have it.' }),
    status,
    node_status: z.array(z.object({ node: z.string(), status })),
  })
  .meta({ id: 'Listener' });
const group = z.object({
  type: z.string(),
  enable: z.boolean(),
  ids: z.array(z.string()),
  status,
  node_status: z.array(z.object({ node: z.string(), status })),
});

export function listenerRoutes(api: Api, ports: ApiPorts): void {
  const { listeners, config } = ports;

  api.get(
    '/listeners',
    {
      schema: {
        tags,
        summary: 'Listeners',
        querystring: z.object({ type: z.string().optional() }),
        response: answers({ 200: z.array(listener) }, 401),
      },
    },
    ({ query }) =>
      listeners
        .list()
        .filter(({ type }) => query.type === undefined || query.type === type)
        .map((one) => showListener(one, ports)),
  );

  api.get(
    '/listeners_status',
    { schema: { tags, summary: 'Listeners by type', response: answers({ 200: z.array(group) }, 401) } },
    () =>
      Array.from(
        Map.groupBy(listeners.list(), ({ type }) => type),
        ([type, members]) => showGroup(type, members, ports),
      ),
  );

  api.get(
    '/listeners/:id',
    {
      schema: {
        tags,
        summary: 'One listener with its settings',
        params: z.object({ id: z.string() }),
        response: answers({ 200: z.looseObject({ id: z.string() }) }, 401, 404),
      },
    },
    ({ params: { id } }) => {
      const found = listeners.list().find((one) => one.id === id);
      if (found === undefined) throw new ApiError(404, 'BAD_LISTENER_ID', `Listener ${id} not found`);
      const { type, name, bind, running, currentConnections } = found;
      const settings = Object(config.masked(['listeners', type, name]));
      return { ...settings, id, type, name, bind, running, current_connections: currentConnections };
    },
  );
}

function statusOf(members: readonly ListenerInfo[]): z.output<typeof status> {
  const most = members.reduce((sum, { maxConnections }) => sum + maxConnections, 0);
  return {
    running: members.every(({ running }) => running),
    max_connections: most === Infinity ? 'infinity' : most,
    current_connections: members.reduce((sum, { currentConnections }) => sum + currentConnections, 0),
  };
}

function showListener(one: ListenerInfo, { node }: ApiPorts): z.output<typeof listener> {
  const { id, type, name, enable, bind, acceptors } = one;
  const now = statusOf([one]);
  return {
    id,
    type,
    name,
    enable,
    bind,
    acceptors,
    number: 1,
    status: now,
    node_status: [{ node: node.name, status: now }],
  };
}

function showGroup(type: string, members: readonly ListenerInfo[], { node }: ApiPorts): z.output<typeof group> {
  const now = statusOf(members);
  return {
    type,
    enable: members.some(({ enable }) => enable),
    ids: members.map(({ id }) => id),
    status: now,
    node_status: [{ node: node.name, status: now }],
  };
}
