import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { ApiError } from '../http/api-error.ts';
import type { ApiPorts } from '../ports.ts';

const credentials = z.object({
  username: z.string().meta({ examples: ['admin'] }),
  password: z.string().meta({ format: 'password' }),
});

const loggedIn = z.object({
  token: z.string(),
  role: z.enum(['administrator', 'viewer']),
  version: z.string(),
  license: z.object({ edition: z.enum(['opensource', 'enterprise']) }),
});

/** Logins per minute and address: enough for people and scripts, too few for guessing. */
const LOGIN_LIMIT = { max: 60, timeWindow: '1 minute' };

export function loginRoutes(api: Api, { accounts, node }: ApiPorts): void {
  api.post(
    '/login',
    {
      config: { access: 'public', rateLimit: LOGIN_LIMIT },
      schema: {
        tags: ['Login'],
        summary: 'Log in as a dashboard user; the token is for the header `Authorization: Bearer`',
        body: credentials,
        response: answers({ 200: loggedIn }, 400, 401),
      },
    },
    async ({ body }) => {
      const user = await accounts.users.login(body.username, body.password);
      if (user === undefined) throw new ApiError(401, 'BAD_USERNAME_OR_PWD', 'Auth failed');
      const token = await accounts.tokens.issue(user.username);
      return { token, role: user.role, version: node.version, license: { edition: 'opensource' as const } };
    },
  );

  api.post(
    '/logout',
    {
      config: { access: 'users' },
      schema: {
        tags: ['Login'],
        summary: 'End this login',
        body: z.object({ username: z.string() }),
        querystring: z.object({ backend: z.enum(['local', 'ldap', 'oidc', 'saml']).optional() }),
        response: answers({ 204: nothing }, 401),
      },
    },
    async ({ body, identity }, reply) => {
      const ended = identity?.token !== undefined && (await accounts.tokens.end(identity.token, body.username));
      if (!ended) throw new ApiError(401, 'WRONG_TOKEN_OR_USERNAME', 'The token is not that of the user');
      return reply.status(204).send(null);
    },
  );
}
