import { z } from 'zod';
import { type Api, answers, nothing } from '../http/api.ts';
import { Monitor } from '../monitor/monitor.ts';
import { type ApiPorts, systemClock } from '../ports.ts';
import { checkNode } from './nodes.ts';

const tags = ['Monitoring'];
const point = z.record(z.string(), z.number()).meta({
  description: 'Gauges at `time_stamp` (ms), and what was counted since the point before.',
});
const current = z.record(z.string(), z.number()).meta({ description: 'Gauges, and rates per second.' });
const querystring = z.object({
  latest: z.coerce.number<string>().int().min(1).optional().meta({ description: 'Seconds.' }),
});
const params = z.object({ node: z.string() });

export function monitorRoutes(api: Api, ports: ApiPorts): void {
  const { node, clock = systemClock } = ports;
  const monitor = new Monitor(ports.broker, clock);
  const timer = setInterval(() => monitor.sample(), Monitor.INTERVAL_MS).unref();
  api.addHook('onClose', async () => clearInterval(timer));
  const points = (latest: number | undefined) => monitor.points(latest === undefined ? undefined : latest * 1000);

  api.get(
    '/monitor',
    {
      schema: {
        tags,
        summary: 'Time series of the overview',
        querystring,
        response: answers({ 200: z.array(point) }, 400, 401),
      },
    },
    ({ query }) => points(query.latest),
  );

  api.delete(
    '/monitor',
    { schema: { tags, summary: 'Forget the time series', response: answers({ 204: nothing }, 401) } },
    async (_, reply) => {
      monitor.clear();
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/monitor/nodes/:node',
    {
      schema: {
        tags,
        summary: 'Time series of one node',
        params,
        querystring,
        response: answers({ 200: z.array(point) }, 400, 401, 404),
      },
    },
    (request) => {
      checkNode(ports, request.params.node);
      return points(request.query.latest);
    },
  );

  api.get(
    '/monitor_current',
    { schema: { tags, summary: 'The overview at this moment', response: answers({ 200: current }, 401) } },
    () => monitor.current(),
  );

  api.get(
    '/monitor_current/nodes/:node',
    { schema: { tags, summary: 'The same of one node', params, response: answers({ 200: current }, 401, 404) } },
    (request) => {
      checkNode(ports, request.params.node);
      return { ...monitor.current(), node_uptime: clock.now() - node.startedAt };
    },
  );
}
