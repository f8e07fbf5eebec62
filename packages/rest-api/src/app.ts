import fastifyRateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import {
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { authenticator } from './auth/authenticate.ts';
import type { Api } from './http/api.ts';
import { acceptJsonBodies } from './http/bodies.ts';
import { errorHandler, notFoundHandler } from './http/errors.ts';
import { refuseOtherMethods } from './http/methods.ts';
import { docsPage } from './openapi/docs-page.ts';
import { finishDocument } from './openapi/finish-document.ts';
import { openApiInfo } from './openapi/info.ts';
import { landingPage } from './openapi/landing-page.ts';
import { describeRoute } from './openapi/transform.ts';
import type { ApiPorts } from './ports.ts';
import { registerRoutes } from './routes/index.ts';
import { sendStatus } from './routes/status.ts';

export const API_PREFIX = '/api/v5';

/** Longest path parameter: a topic in a URL, percent-encoded. */
const MAX_PARAMETER_LENGTH = 200_000;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Our own pages hold text and their style, and nothing else may run in them. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

export interface ApiOptions {
  /** Checks every answer against its schema, for tests. */
  readonly checkAnswers?: boolean;
}

/**
 * The HTTP server of a node, not listening yet: `/api/v5`, `/status`, `/api-docs`, and the dashboard at `/`.
 * Closing it ends open requests first.
 */
export async function createApi(ports: ApiPorts, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) => badUrl(error, reply as unknown as FastifyReply),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
  app.setValidatorCompiler(validatorCompiler);
  // answers are made here and typed by their schemas; checking them again at run time would only cost
  app.setSerializerCompiler(options.checkAnswers === true ? serializerCompiler : () => JSON.stringify);
  app.setErrorHandler(errorHandler(ports.log));
  app.setNotFoundHandler(notFoundHandler);
  acceptJsonBodies(app);
  if (ports.cors === true) allowAllOrigins(app);
  await app.register(fastifySwagger, {
    openapi: openApiInfo(ports.node.version),
    transform: describeRoute,
    transformObject: (input) => finishDocument(jsonSchemaTransformObject(input)),
  });
  await app.register(fastifyRateLimit, { global: false });
  await app.register((api) => registerApi(api.withTypeProvider<ZodTypeProvider>(), ports), { prefix: API_PREFIX });
  await registerPages(app, ports);
  await app.ready();
  return app;
}

/** A URL that cannot be decoded. */
function badUrl({ message }: Error, reply: FastifyReply): void {
  reply.status(400).send({ code: 'BAD_REQUEST', message });
}

async function registerApi(api: Api, ports: ApiPorts): Promise<void> {
  api.decorateRequest('identity', undefined);
  api.addHook('onRequest', authenticator(ports.accounts, API_PREFIX));
  await refuseOtherMethods(api, () => registerRoutes(api, ports));
}

async function registerPages(app: FastifyInstance, ports: ApiPorts): Promise<void> {
  app.get<{ Querystring: { readonly format?: string } }>(
    '/status',
    { schema: { hide: true } },
    async ({ query }, reply) => {
      sendStatus(ports.node, query.format, reply);
      return reply;
    },
  );
  if (ports.apiDocs !== false) {
    app.get('/api-docs/swagger.json', { schema: { hide: true } }, () => app.swagger());
    app.get('/api-docs', { schema: { hide: true } }, (_, reply) =>
      reply.headers(PAGE_HEADERS).send(docsPage(app.swagger())),
    );
  }
  if (ports.dashboardDir !== undefined) {
    await app.register(fastifyStatic, { root: ports.dashboardDir });
    return;
  }
  app.get('/', { schema: { hide: true } }, (_, reply) =>
    reply.headers(PAGE_HEADERS).send(landingPage(ports.node, ports.accounts.users.initialPasswordFile !== undefined)),
  );
}

function allowAllOrigins(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.origin === undefined) return;
    reply.header('access-control-allow-origin', '*');
    if (request.method !== 'OPTIONS') return;
    await reply
      .status(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-allow-headers': 'authorization, content-type, accept',
      })
      .send();
  });
}
