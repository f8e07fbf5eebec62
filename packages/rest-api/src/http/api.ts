import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Identity } from '../auth/authenticate.ts';

/** The part of the server below `/api/v5`; schemas of its routes validate requests and make the OpenAPI document. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call: anybody, or dashboard users but no API keys. Without it: whoever has the role. */
    access?: 'public' | 'users';
    /** Code of the error for a query that does not fit its schema; `INVALID_PARAMETER` without it. */
    queryErrorCode?: string;
  }
  interface FastifyRequest {
    /** Who calls; undefined on public routes. */
    identity: Identity | undefined;
  }
}

/** Body of every error. */
export const errorBody = z
  .looseObject({
    code: z.string().meta({ description: 'Stable code, see `GET /error_codes`.', examples: ['NOT_FOUND'] }),
    message: z.string().meta({ description: 'For people; for schema errors a text that holds JSON.' }),
  })
  .meta({ id: 'Error' });

/** The body of an answer without one. */
export const nothing = z.null().meta({ description: 'Done; no body.' });

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 412 | 415 | 500 | 503;

/** Schemas of a route's answers: the successful ones, and the statuses of its errors. */
export function answers<T extends Record<number, z.ZodType>>(success: T, ...errors: readonly ErrorStatus[]): T {
  return { ...success, ...Object.fromEntries(errors.map((status) => [status, errorBody])) };
}

/** A query value `true` or `false`. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A query parameter that may be repeated. */
export const queryTexts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
