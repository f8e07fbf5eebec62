import type { FastifyInstance } from 'fastify';

/**
 * Bodies are JSON and nothing else (415 otherwise). An empty body is none, whatever its content type says: scripts send
 * that header with every POST.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });
}
