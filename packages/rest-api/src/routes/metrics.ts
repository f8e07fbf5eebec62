import { z } from 'zod';
import { type Api, answers, queryFlag } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Metrics'];
const values = z.record(z.string(), z.union([z.number(), z.string()]));
const answer = z.union([values, z.array(values)]).meta({
  description: 'One object with `aggregate=true`, else an array with one object for each node and its name as `node`.',
});
const querystring = z.object({ aggregate: queryFlag.optional() });

export function metricsRoutes(api: Api, { broker, node }: ApiPorts): void {
  api.get(
    '/metrics',
    {
      schema: {
        tags,
        summary: 'Counters of the broker since its start',
        querystring,
        response: answers({ 200: answer }, 400, 401),
      },
    },
    ({ query }) => (query.aggregate === true ? { ...broker.metrics() } : [{ ...broker.metrics(), node: node.name }]),
  );

  api.get(
    '/stats',
    { schema: { tags, summary: 'Gauges of the broker', querystring, response: answers({ 200: answer }, 400, 401) } },
    ({ query }) => (query.aggregate === true ? { ...broker.stats() } : [{ ...broker.stats(), node: node.name }]),
  );
}
