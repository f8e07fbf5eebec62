import { matchesFilter, type SubscriptionView } from '@millrace/broker';
import { z } from 'zod';
import { type Api, answers, queryFlag } from '../http/api.ts';
import { ApiError } from '../http/api-error.ts';
import { pageOf, pageQuery, paginate } from '../http/page.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Subscriptions'];
const bit = z.number();

/** One subscription. */
export const subscriptionView = z
  .object({
    node: z.string(),
    topic: z.string().meta({ description: 'The filter; shared ones as `$share/GROUP/FILTER`.' }),
    clientid: z.string(),
    qos: bit,
    nl: bit.meta({ description: 'No local.' }),
    rap: bit.meta({ description: 'Retain as published.' }),
    rh: bit.meta({ description: 'Retain handling.' }),
    durable: z.boolean(),
  })
  .meta({ id: 'Subscription' });
const route = z.object({ topic: z.string(), node: z.string() });

const query = z.object({
  ...pageQuery,
  node: z.string().optional(),
  clientid: z.string().optional(),
  qos: z.coerce.number<string>().int().min(0).max(2).optional(),
  topic: z.string().optional().meta({ description: 'The filter itself.' }),
  match_topic: z.string().optional().meta({ description: 'Subscriptions that get messages of this topic.' }),
  share_group: z.string().optional(),
  durable: queryFlag.optional(),
});

export function subscriptionRoutes(api: Api, { broker, node }: ApiPorts): void {
  api.get(
    '/subscriptions',
    {
      schema: {
        tags,
        summary: 'Subscriptions',
        querystring: query,
        response: answers({ 200: pageOf(subscriptionView) }, 400, 401),
      },
    },
    ({ query: wanted }) => {
      const accepts = (one: SubscriptionView) => matches(one, wanted);
      return paginate(broker.subscriptions().filter(accepts), wanted, (one) => ({ ...one }));
    },
  );

  api.get(
    '/topics',
    {
      schema: {
        tags,
        summary: 'Topic filters that somebody subscribes to',
        querystring: z.object({ ...pageQuery, topic: z.string().optional(), node: z.string().optional() }),
        response: answers({ 200: pageOf(route) }, 400, 401),
      },
    },
    ({ query: wanted }) => {
      const all = [...broker.topics()].filter(
        (topic) =>
          (wanted.topic === undefined || topic === wanted.topic || matchesFilter(topic, wanted.topic)) &&
          (wanted.node === undefined || wanted.node === node.name),
      );
      return paginate(all, wanted, (topic) => ({ topic, node: node.name }));
    },
  );

  api.get(
    '/topics/:topic',
    {
      schema: {
        tags,
        summary: 'Nodes that subscribe to a filter',
        params: z.object({ topic: z.string() }),
        response: answers({ 200: z.array(route) }, 401, 404),
      },
    },
    ({ params: { topic } }) => {
      if (![...broker.topics()].includes(topic)) throw new ApiError(404, 'TOPIC_NOT_FOUND', `Topic ${topic} not found`);
      return [{ topic, node: node.name }];
    },
  );
}

function matches(one: SubscriptionView, wanted: z.output<typeof query>): boolean {
  const { group, filter } = splitShare(one.topic);
  return (
    (wanted.node === undefined || wanted.node === one.node) &&
    (wanted.clientid === undefined || wanted.clientid === one.clientid) &&
    (wanted.qos === undefined || wanted.qos === one.qos) &&
    (wanted.topic === undefined || wanted.topic === one.topic) &&
    (wanted.match_topic === undefined || matchesFilter(wanted.match_topic, filter)) &&
    (wanted.share_group === undefined || wanted.share_group === group) &&
    (wanted.durable === undefined || wanted.durable === one.durable)
  );
}

/** `$share/GROUP/FILTER`, taken apart. */
function splitShare(topic: string): { readonly group: string | undefined; readonly filter: string } {
  const shared = /^\$share\/([^/]+)\/(.+)$/s.exec(topic);
  return { group: shared?.[1], filter: shared?.[2] ?? topic };
}
