import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';

const role = z.enum(['administrator', 'viewer', 'publisher']);
const expiry = z
  .union([z.literal('infinity'), z.iso.datetime({ offset: true })])
  .meta({ description: 'RFC 3339, or `infinity`.' });
const key = z.object({
  name: z.string(),
  api_key: z.string(),
  desc: z.string(),
  enable: z.boolean(),
  expired: z.boolean(),
  expired_at: z.string(),
  created_at: z.string(),
  role,
});
const change = z.object({
  desc: z.string().optional(),
  enable: z.boolean().optional(),
  expired_at: expiry.optional(),
  role: role.optional(),
});
const name = z.object({ name: z.string() });
const config = { access: 'users' } as const;
const tags = ['API keys'];

export function apiKeyRoutes(api: Api, { accounts: { apiKeys } }: ApiPorts): void {
  api.get(
    '/api_key',
    { config, schema: { tags, summary: 'API keys', response: answers({ 200: z.array(key) }, 401) } },
    () => apiKeys.list(),
  );

  api.post(
    '/api_key',
    {
      config,
      schema: {
        tags,
        summary: 'Make an API key; its secret is shown in this answer only',
        body: change.extend({
          name: z
            .string()
            .max(256)
            .regex(/^[A-Za-z]+[A-Za-z0-9-_]*$/),
        }),
        response: answers({ 200: key.extend({ api_secret: z.string() }) }, 400, 401),
      },
    },
    ({ body }) => apiKeys.add(body.name, body),
  );

  api.get(
    '/api_key/:name',
    { config, schema: { tags, summary: 'One API key', params: name, response: answers({ 200: key }, 401, 404) } },
    ({ params }) => apiKeys.get(params.name),
  );

  api.put(
    '/api_key/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Change an API key',
        params: name,
        body: change,
        response: answers({ 200: key }, 400, 401, 404),
      },
    },
    ({ params, body }) => apiKeys.update(params.name, body),
  );

  api.delete(
    '/api_key/:name',
    {
      config,
      schema: { tags, summary: 'Remove an API key', params: name, response: answers({ 204: nothing }, 401, 404) },
    },
    async ({ params }, reply) => {
      apiKeys.remove(params.name);
      return reply.status(204).send(null);
    },
  );
}
