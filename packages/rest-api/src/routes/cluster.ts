import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Cluster'];
const cluster = z.object({ name: z.string(), self: z.string(), nodes: z.array(z.string()) });
const topology = z.array(z.object({ core_node: z.string(), replicant_nodes: z.array(z.looseObject({})) }));

export function clusterRoutes(api: Api, { node, config }: ApiPorts): void {
  api.get(
    '/cluster',
    { schema: { tags, summary: 'The cluster of this node', response: answers({ 200: cluster }, 401) } },
    () => ({ name: config.get('cluster').name, self: node.name, nodes: [node.name] }),
  );

  api.get(
    '/cluster/topology',
    { schema: { tags, summary: 'How the nodes hang together', response: answers({ 200: topology }, 401) } },
    () => [{ core_node: node.name, replicant_nodes: [] }],
  );
}
