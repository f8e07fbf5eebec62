import { duration, flag, numberField, textField } from '@millrace/contract';
import { z } from 'zod';
import { ignored, percent } from './fields.ts';

const pushGateway = z
  .strictObject({
    enable: flag({ description: 'Whether metrics are pushed.' }).prefault(false),
    url: textField({ description: 'Address of the push gateway.' }).prefault('http://127.0.0.1:9091'),
    interval: duration({ description: 'Time between pushes.' }).prefault('15s'),
    method: z.enum(['put', 'post']).prefault('put').meta({ description: 'HTTP method.' }),
    headers: z.record(z.string(), z.string()).prefault({}).meta({ description: 'HTTP headers.' }),
    job_name: textField({ description: 'Job; `${name}` and `${host}` are those of the node.' }).prefault(
      '${name}/instance/${name}~${host}',
    ),
  })
  .prefault({})
  .meta({ description: 'Push metrics to a Prometheus push gateway.' });

export const prometheus = z
  .strictObject({
    enable_basic_auth: flag({ description: 'Ask for a login at `/api/v5/prometheus`.' }).prefault(false),
    push_gateway: pushGateway,
    collectors: ignored(),
    namespaced_metrics_limiter: ignored(),
    // The flat shape of older releases.
    push_gateway_server: ignored(),
    interval: ignored(),
    headers: ignored(),
    job_name: ignored(),
    enable: ignored(),
    vm_dist_collector: ignored(),
    mnesia_collector: ignored(),
    vm_statistics_collector: ignored(),
    vm_system_info_collector: ignored(),
    vm_memory_collector: ignored(),
    vm_msacc_collector: ignored(),
  })
  .prefault({})
  .meta({ description: 'Metrics for Prometheus.' });

export const alarm = z
  .strictObject({
    actions: z
      .array(z.enum(['log', 'publish']))
      .prefault(['log', 'publish'])
      .meta({ description: 'What an alarm does.' }),
    size_limit: numberField({ description: 'Cleared alarms kept.', min: 1, max: 3000 }).prefault(1000),
    validity_period: duration({ description: 'How long cleared alarms are kept.' }).prefault('24h'),
  })
  .prefault({})
  .meta({ description: 'Alarms.' });

const vm = z
  .strictObject({
    process_check_interval: ignored(),
    process_high_watermark: ignored(),
    process_low_watermark: ignored(),
    long_gc: ignored(),
    long_schedule: ignored(),
    large_heap: ignored(),
    busy_dist_port: ignored(),
    busy_port: ignored(),
  })
  .optional()
  .meta({ description: 'Accepted for compatibility; has no effect.' });

export const sysmon = z
  .strictObject({
    vm,
    os: z
      .strictObject({
        cpu_check_interval: duration({ description: 'Time between looks at the processors.' }).prefault('60s'),
        cpu_high_watermark: percent({ description: 'Load that raises an alarm.' }).prefault('80%'),
        cpu_low_watermark: percent({ description: 'Load that clears it.' }).prefault('60%'),
        mem_check_interval: z
          .union([z.literal('disabled'), duration({ description: 'Time.' })])
          .prefault('60s')
          .meta({ description: 'Time between looks at the memory.' }),
        sysmem_high_watermark: percent({ description: 'Use of the machine that raises an alarm.' }).prefault('70%'),
        procmem_high_watermark: percent({ description: 'Use by this process that raises an alarm.' }).prefault('5%'),
      })
      .prefault({})
      .meta({ description: 'The machine.' }),
  })
  .prefault({})
  .meta({ description: 'When the machine raises alarms.' });
