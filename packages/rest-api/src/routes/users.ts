import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { ApiError } from '../http/api-error.ts';
import type { ApiPorts } from '../ports.ts';

const role = z.enum(['administrator', 'viewer']);
const user = z.object({ username: z.string(), role, description: z.string(), backend: z.literal('local') });
const name = z.object({ username: z.string() });
const config = { access: 'users' } as const;
const tags = ['Users'];

export function userRoutes(api: Api, { accounts }: ApiPorts): void {
  const { users, tokens } = accounts;

  api.get(
    '/users',
    { config, schema: { tags, summary: 'Dashboard users', response: answers({ 200: z.array(user) }, 401) } },
    () => users.list(),
  );

  api.post(
    '/users',
    {
      config,
      schema: {
        tags,
        summary: 'Add a dashboard user',
        body: z.object({
          username: z.string(),
          password: z.string().meta({ format: 'password' }),
          role: role.default('administrator'),
          description: z.string().default(''),
        }),
        response: answers({ 200: user }, 400, 401),
      },
    },
    ({ body }) => users.add(body.username, body.password, body.role, body.description),
  );

  api.put(
    '/users/:username',
    {
      config,
      schema: {
        tags,
        summary: 'Change role or description',
        params: name,
        body: z.object({ role: role.optional(), description: z.string().optional() }),
        response: answers({ 200: user }, 400, 401, 404),
      },
    },
    ({ params, body }) => {
      const before = users.get(params.username);
      const changed = users.update(params.username, body);
      if (before?.role !== changed.role) tokens.endAll(params.username);
      return changed;
    },
  );

  api.delete(
    '/users/:username',
    {
      config,
      schema: { tags, summary: 'Remove a user', params: name, response: answers({ 204: nothing }, 400, 401, 404) },
    },
    async ({ params, identity }, reply) => {
      if (params.username === users.defaultUsername)
        throw new ApiError(400, 'NOT_ALLOWED', 'Cannot delete the default user');
      if (params.username === identity?.username) throw new ApiError(400, 'NOT_ALLOWED', 'Cannot delete self');
      users.remove(params.username);
      tokens.endAll(params.username);
      return reply.status(204).send(null);
    },
  );

  api.post(
    '/users/:username/change_pwd',
    {
      config,
      schema: {
        tags,
        summary: 'Change the password; ends all logins of the user',
        params: name,
        body: z.object({
          old_pwd: z.string().meta({ format: 'password' }),
          new_pwd: z.string().meta({ format: 'password' }),
        }),
        response: answers({ 204: nothing }, 400, 401, 404),
      },
    },
    async ({ params, body }, reply) => {
      await users.changePassword(params.username, body.old_pwd, body.new_pwd);
      tokens.endAll(params.username);
      return reply.status(204).send(null);
    },
  );
}
