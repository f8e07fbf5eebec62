import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Api } from '../http/api.ts';
import type { NodeInfo } from '../ports.ts';

const status = z.object({
  node_name: z.string(),
  rel_vsn: z.string(),
  broker_status: z.enum(['started', 'stopped']),
  app_status: z.enum(['running', 'not_running']),
});

export function statusRoutes(api: Api, node: NodeInfo): void {
  api.get(
    '/status',
    {
      config: { access: 'public' },
      schema: {
        tags: ['Status'],
        summary: 'Whether the node runs, for load balancers and probes; text unless `format=json`',
        querystring: z.object({ format: z.enum(['text', 'json']).optional() }),
        response: { 200: status, 503: status },
      },
    },
    async ({ query }, reply) => {
      sendStatus(node, query.format, reply);
      return reply;
    },
  );
}

/** Also at `/status`, without the prefix. */
export function sendStatus(node: NodeInfo, format: string | undefined, reply: FastifyReply): void {
  const running = node.isRunning;
  reply.status(running ? 200 : 503).header('retry-after', '15');
  if (format === 'json') {
    reply.type('application/json; charset=utf-8').send({
      node_name: node.name,
      rel_vsn: `v${node.version}`,
      broker_status: running ? 'started' : 'stopped',
      app_status: running ? 'running' : 'not_running',
    });
    return;
  }
  // the second line is what probes written for EMQX look for
  const text = `Node ${node.name} is ${running ? 'started' : 'stopped'}\nemqx is ${running ? 'running' : 'not_running'}\n`;
  reply.type('text/plain; charset=utf-8').send(text);
}
