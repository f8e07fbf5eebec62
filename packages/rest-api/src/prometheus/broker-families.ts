import { totalmem } from 'node:os';
import { cpuUsage, memoryUsage } from 'node:process';
import type { ApiPorts } from '../ports.ts';
import type { MetricFamily } from './exposition.ts';

/** Names that differ from the metric's own with dots turned to underscores. */
const SPECIAL_NAMES: Readonly<Record<string, string>> = {
  'packets.connect.received': 'emqx_packets_connect',
  'messages.dropped.await_pubrel_timeout': 'emqx_messages_dropped_expired',
};

/** Counters and gauges of the broker, and what the process uses. */
export function brokerFamilies({ broker, node }: ApiPorts): MetricFamily[] {
  const gauges = Object.entries(broker.stats()).map(([name, value]) =>
    single(prometheusName(name), 'gauge', name, value),
  );
  const counters = Object.entries(broker.metrics()).map(([name, value]) =>
    single(prometheusName(name), 'counter', name, value),
  );
  return [...gauges, ...counters, ...processFamilies(node.isRunning)];
}

function processFamilies(isRunning: boolean): MetricFamily[] {
  const { user, system } = cpuUsage();
  return [
    single('emqx_vm_total_memory', 'gauge', 'memory of the machine in bytes', totalmem()),
    single('emqx_vm_used_memory', 'gauge', 'resident memory of the node in bytes', memoryUsage.rss()),
    single('emqx_cluster_nodes_running', 'gauge', 'running nodes', isRunning ? 1 : 0),
    single('emqx_cluster_nodes_stopped', 'gauge', 'stopped nodes', isRunning ? 0 : 1),
    single('millrace_process_cpu_seconds', 'counter', 'CPU time of the node', (user + system) / 1_000_000),
  ];
}

function prometheusName(name: string): string {
  return SPECIAL_NAMES[name] ?? `emqx_${name.replaceAll('.', '_')}`;
}

function single(name: string, type: MetricFamily['type'], help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ value }] };
}
