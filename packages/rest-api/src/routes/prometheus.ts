import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';
import { brokerFamilies } from '../prometheus/broker-families.ts';
import { expositionText, type MetricFamily } from '../prometheus/exposition.ts';
import { integrationFamilies } from '../prometheus/integration-families.ts';

const querystring = z.object({
  mode: z.enum(['node', 'all_nodes_aggregated', 'all_nodes_unaggregated']).optional(),
});

const exposition = z.union([z.string(), z.looseObject({})]).meta({
  description: 'Text of the exposition format 0.0.4, or JSON with `Accept: application/json`.',
});

export function prometheusRoutes(api: Api, ports: ApiPorts): void {
  const route = (url: string, summary: string, families: () => MetricFamily[]) =>
    api.get(
      url,
      {
        config: ports.prometheusAuth === true ? {} : { access: 'public' },
        schema: { tags: ['Prometheus'], summary, querystring, response: answers({ 200: exposition }, 400) },
      },
      async ({ headers }, reply) => {
        send(families(), headers.accept, reply);
        return reply;
      },
    );

  // one scrape sees everything; the second path is for those who scrape data integration alone
  route('/prometheus/stats', 'Counters and gauges of broker, rules and actions', () => [
    ...brokerFamilies(ports),
    ...integrationFamilies(ports),
  ]);
  route('/prometheus/data_integration', 'Counters and gauges of rules and actions', () => integrationFamilies(ports));
}

function send(families: readonly MetricFamily[], accept: string | undefined, reply: FastifyReply): void {
  if (accept?.includes('application/json') === true) {
    const samples = families.map(({ name, samples }) => [
      name,
      samples.map(({ labels, value }) => ({ ...labels, value })),
    ]);
    reply.send(Object.fromEntries(samples));
  } else {
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(expositionText(families));
  }
}
