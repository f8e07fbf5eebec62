import { loadavg, totalmem } from 'node:os';
import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { notFound } from '../http/api-error.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Nodes'];
const count = z.number();
const node = z
  .object({
    node: z.string(),
    node_status: z.enum(['running', 'stopped']),
    role: z.enum(['core', 'replicant']),
    version: z.string(),
    edition: z.string(),
    uptime: count.meta({ description: 'ms' }),
    connections: count,
    live_connections: count,
    cluster_sessions: count,
    load1: count,
    load5: count,
    load15: count,
    max_fds: count,
    memory_total: z.string(),
    memory_used: z.string(),
    process_available: count,
    process_used: count,
    otp_release: z.string().meta({ description: 'The runtime.' }),
    sys_path: z.string(),
    log_path: z.string(),
  })
  .meta({ id: 'Node' });
const nodeName = z.object({ node: z.string() });
const named = z.record(z.string(), z.number());

export function nodeRoutes(api: Api, ports: ApiPorts): void {
  api.get(
    '/nodes',
    { schema: { tags, summary: 'Nodes of the cluster', response: answers({ 200: z.array(node) }, 401) } },
    () => [showNode(ports)],
  );

  api.get(
    '/nodes/:node',
    { schema: { tags, summary: 'One node', params: nodeName, response: answers({ 200: node }, 401, 404) } },
    ({ params }) => {
      checkNode(ports, params.node);
      return showNode(ports);
    },
  );

  api.get(
    '/nodes/:node/metrics',
    {
      schema: { tags, summary: 'Counters of one node', params: nodeName, response: answers({ 200: named }, 401, 404) },
    },
    ({ params }) => {
      checkNode(ports, params.node);
      return { ...ports.broker.metrics() };
    },
  );

  api.get(
    '/nodes/:node/stats',
    { schema: { tags, summary: 'Gauges of one node', params: nodeName, response: answers({ 200: named }, 401, 404) } },
    ({ params }) => {
      checkNode(ports, params.node);
      return { ...ports.broker.stats() };
    },
  );
}

/** 404 unless it is this node. */
export function checkNode({ node }: ApiPorts, name: string): void {
  if (name !== node.name) throw notFound(`Node not found: ${name}`);
}

function showNode({ node: info, broker, clock }: ApiPorts): z.output<typeof node> {
  const stats = broker.stats();
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
  return {
    node: info.name,
    node_status: info.isRunning ? 'running' : 'stopped',
    role: 'core',
    version: info.version,
    edition: 'Opensource',
    uptime: (clock?.now() ?? Date.now()) - info.startedAt,
    connections: stats['connections.count'] ?? 0,
    live_connections: stats['live_connections.count'] ?? 0,
    cluster_sessions: stats['cluster_sessions.count'] ?? 0,
    load1,
    load5,
    load15,
    max_fds: maxOpenFiles(),
    memory_total: sizeText(totalmem()),
    memory_used: sizeText(process.memoryUsage.rss()),
    process_available: maxOpenFiles(),
    process_used: process.getActiveResourcesInfo().length,
    otp_release: `Node.js ${process.versions.node}`,
    sys_path: process.cwd(),
    log_path: info.logDir,
  };
}

/** What the system says in its report; asking is too dear for every call. */
let openFiles: number | undefined;

function maxOpenFiles(): number {
  openFiles ??= readOpenFilesLimit();
  return openFiles;
}

function readOpenFilesLimit(): number {
  const report = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  const soft = Number(report.userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : 0;
}

/** `7.75G`, `512.00M` */
function sizeText(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return gigabytes >= 1 ? `${gigabytes.toFixed(2)}G` : `${(bytes / 1024 ** 2).toFixed(2)}M`;
}
