import type { RetainedMessage } from '@millrace/broker';
import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { notFound } from '../http/api-error.ts';
import { storeConfig } from '../http/config-changes.ts';
import { pageOf, pageQuery } from '../http/page.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Retained messages'];
const retained = z
  .object({
    topic: z.string(),
    msgid: z.string(),
    qos: z.int(),
    publish_at: z.string(),
    from_clientid: z.string(),
    from_username: z.string(),
  })
  .meta({ id: 'RetainedMessage' });
const topicParameter = z.object({ topic: z.string().meta({ description: 'Percent-encoded.' }) });
const settings = z.looseObject({ enable: z.boolean() });

export function retainerRoutes(api: Api, { broker, config }: ApiPorts): void {
  const store = broker.retained;
  const shownSettings = (): z.output<typeof settings> => config.masked(['retainer']) as z.output<typeof settings>;

  api.get(
    '/mqtt/retainer/messages',
    {
      schema: {
        tags,
        summary: 'Retained messages, without payloads',
        querystring: z.object({ ...pageQuery, topic: z.string().optional().meta({ description: 'A topic filter.' }) }),
        response: answers({ 200: pageOf(retained) }, 400, 401),
      },
    },
    ({ query: { topic, page, limit } }) => {
      const offset = (page - 1) * limit;
      const { total, messages } = store.list({
        ...(topic === undefined ? undefined : { filter: topic }),
        offset,
        limit,
      });
      const hasnext = offset + messages.length < total;
      return { data: messages.map(showRetained), meta: { page, limit, count: total, hasnext } };
    },
  );

  api.delete(
    '/mqtt/retainer/messages',
    { schema: { tags, summary: 'Remove all retained messages', response: answers({ 204: nothing }, 401) } },
    async (_, reply) => {
      store.clear();
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/mqtt/retainer/message/:topic',
    {
      schema: {
        tags,
        summary: 'The retained message of a topic, its payload in base64',
        params: topicParameter,
        response: answers({ 200: retained.extend({ payload: z.string() }) }, 401, 404),
      },
    },
    ({ params: { topic } }) => {
      const message = store.get(topic);
      if (message === undefined) throw notFound(`Topic ${topic} has no retained message`);
      return { ...showRetained(message), payload: message.payload.toString('base64') };
    },
  );

  api.delete(
    '/mqtt/retainer/message/:topic',
    {
      schema: {
        tags,
        summary: 'Remove the retained messages of a topic or filter',
        params: topicParameter,
        response: answers({ 204: nothing }, 401, 404),
      },
    },
    async ({ params: { topic } }, reply) => {
      if (store.delete(topic) === 0) throw notFound(`Topic ${topic} has no retained message`);
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/mqtt/retainer',
    { schema: { tags, summary: 'Settings of the retainer', response: answers({ 200: settings }, 401) } },
    shownSettings,
  );

  api.put(
    '/mqtt/retainer',
    {
      schema: {
        tags,
        summary: 'Change settings',
        body: z.looseObject({}),
        response: answers({ 200: settings }, 400, 401),
      },
    },
    async ({ body }) => {
      await storeConfig(config, ['retainer'], body, { merge: true, code: 'UPDATE_FAILED' });
      return shownSettings();
    },
  );
}

function showRetained(message: RetainedMessage): z.output<typeof retained> {
  return {
    topic: message.topic,
    msgid: message.id,
    qos: message.qos,
    publish_at: new Date(message.timestamp).toISOString(),
    from_clientid: message.publisher.clientId,
    from_username: message.publisher.username ?? '',
  };
}
