import type { FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import type { Accounts } from './accounts.ts';
import { isAllowed, type Role } from './roles.ts';

/** Who calls, once the credentials were found right. */
export interface Identity {
  readonly role: Role;
  /** Undefined for API keys. */
  readonly username: string | undefined;
  /** The bearer token, for logging out. */
  readonly token: string | undefined;
}

const CHALLENGE = { 'www-authenticate': 'Basic Realm="emqx-dashboard"' };

/** A hook that finds out who calls and whether they may; throws the answer when not. */
export function authenticator(accounts: Accounts, prefix: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const { access } = request.routeOptions.config;
    if (access === 'public') return;
    const identity = await identify(request, accounts, access === 'users');
    request.identity = identity;
    const path = request.url.split('?', 1)[0]!.slice(prefix.length);
    if (!isAllowed(identity.role, { method: request.method, path, username: identity.username })) {
      throw new ApiError(403, 'UNAUTHORIZED_ROLE', "You don't have permission to access this resource");
    }
  };
}

async function identify(request: FastifyRequest, accounts: Accounts, usersOnly: boolean): Promise<Identity> {
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(/ +(.*)/s);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return identifyUser(credentials, accounts);
    case 'basic':
      if (usersOnly) throw keysNotAllowed(request);
      return identifyKey(credentials, accounts);
    default:
      throw new ApiError(401, 'AUTHORIZATION_HEADER_ERROR', 'Support authorization: basic/bearer', {
        headers: CHALLENGE,
      });
  }
}

async function identifyUser(token: string, accounts: Accounts): Promise<Identity> {
  const verdict = await accounts.tokens.verify(token);
  if (verdict.kind === 'expired') {
    throw new ApiError(401, 'TOKEN_TIME_OUT', 'Token expired, get new token by POST /login', { headers: CHALLENGE });
  }
  const user = verdict.kind === 'valid' ? accounts.users.get(verdict.username) : undefined;
  if (user === undefined) {
    throw new ApiError(401, 'BAD_TOKEN', 'Get token by POST /login', { headers: CHALLENGE });
  }
  return { role: user.role, username: user.username, token };
}

function identifyKey(credentials: string, accounts: Accounts): Identity {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const role = colon < 0 ? undefined : accounts.apiKeys.verify(text.slice(0, colon), text.slice(colon + 1));
  if (role === undefined) {
    throw new ApiError(401, 'BAD_API_KEY_OR_SECRET', 'Check api_key/api_secret', { headers: CHALLENGE });
  }
  return { role, username: undefined, token: undefined };
}

function keysNotAllowed(request: FastifyRequest): ApiError {
  return new ApiError(401, 'API_KEY_NOT_ALLOW', `API keys may not access ${request.routeOptions.url}`, {
    headers: CHALLENGE,
  });
}
