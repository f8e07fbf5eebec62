import type { ClientView, SubscriptionView } from '@millrace/broker';
import { z } from 'zod';
import { type Api, answers, nothing, queryFlag, queryTexts } from '../http/api.ts';
import { ApiError, badRequest } from '../http/api-error.ts';
import { pageOf, pageQuery, paginate, paginateCounted } from '../http/page.ts';
import type { ApiPorts } from '../ports.ts';
import { clientFilter, fieldsOf, queryTime } from './client-filter.ts';
import { subscriptionView } from './subscriptions.ts';

const tags = ['Clients'];
const clientView = z
  .looseObject({
    clientid: z.string(),
    username: z.string().nullable(),
    connected: z.boolean(),
    connected_at: z.string(),
    ip_address: z.string().nullable(),
    proto_name: z.string(),
    proto_ver: z.int(),
    keepalive: z.int(),
    clean_start: z.boolean(),
    subscriptions_cnt: z.int(),
    inflight_cnt: z.int(),
    mqueue_len: z.int(),
  })
  .partial()
  .meta({ id: 'Client' });
const clientId = z.object({ clientid: z.string() });
const topicOptions = z.object({
  topic: z.string().min(1),
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  nl: z.union([z.literal(0), z.literal(1)]).default(0),
  rap: z.union([z.literal(0), z.literal(1)]).default(0),
  rh: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
});
const topicOnly = z.object({ topic: z.string().min(1) });

export function clientRoutes(api: Api, ports: ApiPorts): void {
  const { broker } = ports;

  api.get(
    '/clients',
    {
      schema: {
        tags,
        summary: 'Clients, those without connection but with a session included',
        querystring: z.object({
          ...pageQuery,
          node: z.string().optional(),
          clientid: queryTexts.optional(),
          username: queryTexts.optional(),
          ip_address: z.string().optional(),
          conn_state: z.enum(['connected', 'idle', 'disconnected']).optional(),
          clean_start: queryFlag.optional(),
          proto_ver: z.coerce.number<string>().optional(),
          like_clientid: z.string().optional(),
          like_username: z.string().optional(),
          gte_created_at: queryTime.optional(),
          lte_created_at: queryTime.optional(),
          gte_connected_at: queryTime.optional(),
          lte_connected_at: queryTime.optional(),
          fields: queryTexts.optional(),
        }),
        response: answers({ 200: pageOf(clientView) }, 400, 401),
      },
    },
    ({ query }) => {
      const fields = fieldsOf(query.fields);
      const show = (client: ClientView) => pick(showClient(client), fields);
      const accepts = clientFilter(query, ports.node.name);
      if (accepts === undefined) {
        return paginateCounted(broker.clients(), broker.stats()['sessions.count'] ?? 0, query, show);
      }
      return paginate(candidates(ports, query.clientid).filter(accepts), query, show);
    },
  );

  api.get(
    '/clients/:clientid',
    { schema: { tags, summary: 'One client', params: clientId, response: answers({ 200: clientView }, 401, 404) } },
    ({ params }) => showClient(existing(ports, params.clientid)),
  );

  api.delete(
    '/clients/:clientid',
    {
      schema: {
        tags,
        summary: 'Close the connection of a client and discard its session',
        params: clientId,
        response: answers({ 204: nothing }, 401, 404),
      },
    },
    async ({ params }, reply) => {
      if (!broker.kick(params.clientid)) throw unknownClient();
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/clients/kickout/bulk',
    {
      schema: {
        tags,
        summary: 'The same for many',
        body: z.array(z.string()),
        response: answers({ 204: nothing }, 400, 401),
      },
    },
    async ({ body }, reply) => {
      for (const id of body) broker.kick(id);
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/clients/:clientid/subscriptions',
    {
      schema: {
        tags,
        summary: 'Subscriptions of a client',
        params: clientId,
        response: answers({ 200: z.array(subscriptionView) }, 401, 404),
      },
    },
    ({ params }) => {
      existing(ports, params.clientid);
      return subscriptionsOf(ports, params.clientid);
    },
  );

  api.post(
    '/clients/:clientid/subscribe',
    {
      schema: {
        tags,
        summary: 'Subscribe on behalf of a client',
        params: clientId,
        body: topicOptions,
        response: answers({ 200: subscriptionView }, 400, 401, 404),
      },
    },
    ({ params, body }) => subscribe(ports, params.clientid, body),
  );

  api.post(
    '/clients/:clientid/subscribe/bulk',
    {
      schema: {
        tags,
        summary: 'The same for many topic filters',
        params: clientId,
        body: z.array(topicOptions),
        response: answers({ 200: z.array(subscriptionView) }, 400, 401, 404),
      },
    },
    ({ params, body }) => {
      existing(ports, params.clientid);
      return body.map((options) => subscribe(ports, params.clientid, options));
    },
  );

  api.post(
    '/clients/:clientid/unsubscribe',
    {
      schema: {
        tags,
        summary: 'Unsubscribe on behalf of a client',
        params: clientId,
        body: topicOnly,
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params, body }, reply) => {
      if (broker.unsubscribe(params.clientid, body.topic) === undefined) throw unknownClient();
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/clients/:clientid/unsubscribe/bulk',
    {
      schema: {
        tags,
        summary: 'The same for many topic filters',
        params: clientId,
        body: z.array(topicOnly),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params, body }, reply) => {
      existing(ports, params.clientid);
      for (const { topic } of body) broker.unsubscribe(params.clientid, topic);
      return reply.status(204).send(null);
    },
  );
}

/** Clients asked for by id are looked up; any other filter has to look at all of them. */
function candidates(
  { broker }: ApiPorts,
  ids: readonly string[] | undefined,
): Iterable<ClientView> & IteratorObject<ClientView> {
  if (ids === undefined) return broker.clients()[Symbol.iterator]();
  return ids
    .values()
    .map((id) => broker.client(id))
    .filter((client) => client !== undefined);
}

function existing({ broker }: ApiPorts, id: string): ClientView {
  const client = broker.client(id);
  if (client === undefined) throw unknownClient();
  return client;
}

function unknownClient(): ApiError {
  return new ApiError(404, 'CLIENTID_NOT_FOUND', 'Client ID not found');
}

function subscriptionsOf({ broker }: ApiPorts, id: string): SubscriptionView[] {
  return [...broker.subscriptions()].filter(({ clientid }) => clientid === id);
}

/** Reason codes from 128 on are refusals. */
function subscribe(ports: ApiPorts, id: string, options: z.output<typeof topicOptions>): SubscriptionView {
  const { topic, qos, nl, rap, rh } = options;
  const request = { topicFilter: topic, qos, noLocal: nl === 1, retainAsPublished: rap === 1, retainHandling: rh };
  const reasonCode = ports.broker.subscribe(id, request);
  if (reasonCode === undefined) throw unknownClient();
  const subscription = subscriptionsOf(ports, id).find((one) => one.topic === topic);
  if (reasonCode >= 128 || subscription === undefined)
    throw badRequest(`Subscription refused with reason code ${reasonCode}`);
  return subscription;
}

/** The broker's view with times as text. */
function showClient(client: ClientView): z.output<typeof clientView> {
  const { connected_at, disconnected_at, created_at, ...rest } = client;
  return {
    ...rest,
    client_attrs: { ...client.client_attrs },
    connected_at: new Date(connected_at).toISOString(),
    created_at: new Date(created_at).toISOString(),
    ...(disconnected_at === undefined ? undefined : { disconnected_at: new Date(disconnected_at).toISOString() }),
  };
}

function pick(
  client: z.output<typeof clientView>,
  fields: ReadonlySet<string> | undefined,
): z.output<typeof clientView> {
  if (fields === undefined) return client;
  return Object.fromEntries(Object.entries(client).filter(([name]) => fields.has(name)));
}
