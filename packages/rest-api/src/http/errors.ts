import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiLog } from '../ports.ts';
import { ApiError } from './api-error.ts';

/** Turns everything that is thrown on the way into `{code, message}` with its status. */
export function errorHandler(log: ApiLog) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const answer = asApiError(error, request);
    if (answer.status >= 500)
      log.error({ error, method: request.method, url: request.routeOptions.url }, 'API call failed');
    return reply
      .status(answer.status)
      .headers(answer.headers)
      .send({ ...answer.extra, code: answer.code, message: answer.message });
  };
}

/** Unknown paths, in the form that the caller asked for. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accepted = request.headers.accept ?? '';
  reply.status(404);
  if (accepted.includes('text/html') && !request.url.startsWith('/api/')) {
    return reply
      .type('text/html; charset=utf-8')
      .send('<!doctype html><title>Not found</title><h1>Request Path Not Found</h1>');
  }
  if (accepted.includes('text/plain')) return reply.type('text/plain; charset=utf-8').send('Request Path Not Found');
  return reply.send({ code: 'NOT_FOUND', message: 'Request Path Not Found' });
}

function asApiError(error: unknown, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return validationError(error, request);
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string };
  if (statusCode === 415) {
    return new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'content-type:application/json Required');
  }
  if (statusCode === 429)
    return new ApiError(429, 'TOO_MANY_REQUESTS', message ?? 'Too many requests; try again later');
  if (statusCode !== undefined && statusCode < 500)
    return new ApiError(statusCode, 'BAD_REQUEST', message ?? 'Bad request');
  return new ApiError(500, 'INTERNAL_ERROR', 'Internal error; the log of the node has the details', { cause: error });
}

interface ValidationFailure {
  readonly validationContext?: string | undefined;
  readonly validation: readonly {
    readonly instancePath: string;
    readonly message?: string | undefined;
    readonly params: Record<string, unknown>;
  }[];
}

function validationError({ validation, validationContext }: ValidationFailure, request: FastifyRequest): ApiError {
  const [first] = validation;
  const path = (first?.instancePath ?? '').replaceAll('/', '.').replace(/\.$/, '');
  if (validationContext === 'querystring') {
    const code = request.routeOptions.config.queryErrorCode ?? 'INVALID_PARAMETER';
    const isPage = path === '.page' || path === '.limit';
    return new ApiError(400, code, isPage ? 'page_limit_invalid' : `${path.slice(1)}: ${first?.message ?? 'invalid'}`);
  }
  return new ApiError(400, 'BAD_REQUEST', validationMessage(`root${path}`, first?.message ?? 'invalid'));
}

/** Schema errors are a text that holds JSON, as scripts know it. */
function validationMessage(path: string, reason: string): string {
  return JSON.stringify({ kind: 'validation_error', path, reason });
}
