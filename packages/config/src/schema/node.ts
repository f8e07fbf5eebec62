import { filePath, flag, secret, textField } from '@millrace/contract';
import { z } from 'zod';
import { choice, ignored } from './fields.ts';

export const node = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^@\s]+(@\S+)?$/, { error: 'write name@host, e.g. millrace@127.0.0.1' })
      .meta({ description: 'Name of this node, shown everywhere.' })
      .prefault('emqx@127.0.0.1'),
    cookie: secret({ description: 'Accepted for compatibility; has no effect.' }).optional(),
    data_dir: filePath({ description: 'Where the node keeps its data; `--data` wins.' }).prefault('data'),
    role: choice(['core', 'replicant'], { description: 'Role in a cluster.', aliases: ['db_role'] }).prefault('core'),
    process_limit: ignored(),
    max_ports: ignored(),
    dist_buffer_size: ignored(),
    dist_net_ticktime: ignored(),
    global_gc_interval: ignored(),
    crash_dump_file: ignored(),
    crash_dump_seconds: ignored(),
    crash_dump_bytes: ignored(),
    backtrace_depth: ignored(),
    applications: ignored(),
    etc_dir: ignored(),
    config_files: ignored(),
    broker_mode: ignored(),
    tags: ignored(),
    default_bootstrap_batch_size: ignored(),
  })
  .prefault({})
  .meta({ description: 'This node.' });

export const cluster = z
  .looseObject({
    name: textField({ description: 'Name of the cluster.' }).prefault('emqxcl'),
    discovery_strategy: choice(['manual', 'static', 'singleton', 'dns', 'etcd', 'k8s', 'nats'], {
      description: 'How nodes find each other.',
    }).prefault('manual'),
    autoheal: flag({ description: 'Accepted for compatibility; has no effect.', advanced: true }).prefault(true),
  })
  .prefault({})
  .meta({ description: 'The cluster this node belongs to.' });
