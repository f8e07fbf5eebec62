import { byteSize, duration, filePath, flag, textField } from '@millrace/contract';
import { z } from 'zod';
import { choice, count, ignored, limit } from './fields.ts';

const LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
  'all',
  'none',
] as const;

const handler = {
  level: choice(LEVELS, { description: 'Least severe level that is written.' }).prefault('warning'),
  formatter: choice(['text', 'json'], { description: 'Form of a line.' }).prefault('text'),
  timestamp_format: choice(['auto', 'epoch', 'rfc3339'], { description: 'Form of the time.' }).prefault('auto'),
  time_offset: textField({ description: 'Time zone: `system`, `utc` or an offset such as "+08:00".' }).prefault(
    'system',
  ),
  payload_encode: choice(['text', 'hex', 'hidden'], { description: 'How payloads appear.' }).prefault('text'),
  with_mfa: ignored(),
  chars_limit: ignored(),
  single_log_max_size: ignored(),
  max_depth: ignored(),
  sync_mode_qlen: ignored(),
  drop_mode_qlen: ignored(),
  flush_qlen: ignored(),
  overload_kill: ignored(),
  burst_limit: ignored(),
  supervisor_reports: ignored(),
};

const file = z.strictObject({
  ...handler,
  enable: flag({ description: 'Whether this log is written.' }).prefault(false),
  path: filePath({ description: 'The file.', aliases: ['file', 'to'] }).prefault('${MILLRACE_LOG_DIR}/millrace.log'),
  rotation_count: count('Files kept.', 10, 1),
  rotation_size: byteSize({ description: 'A file is closed at this size.', infinity: true }).prefault('50MB'),
  rotation: ignored(),
  max_size: ignored(),
});

export const log = z
  .strictObject({
    console: z
      .strictObject({ ...handler, enable: flag({ description: 'Whether this log is written.' }).prefault(true) })
      .prefault({})
      .meta({ description: 'Log on the standard output.', aliases: ['console_handler'] }),
    file: z
      .union([file, z.record(z.string(), file)])
      .prefault({})
      .meta({ description: 'Log into a file, or several as `log.file.NAME`.', aliases: ['file_handlers'] }),
    throttling: z
      .strictObject({
        time_window: duration({ description: 'Equal events of this time are written once.' }).prefault('1m'),
        msgs: z.array(z.string()).optional().meta({ description: 'Events that are throttled.' }),
      })
      .prefault({})
      .meta({ description: 'Repeated events.' }),
    audit: z
      .looseObject({
        enable: flag({ description: 'Record who changed what.' }).prefault(false),
        path: filePath({ description: 'The file.' }).prefault('audit.log'),
        max_filter_size: limit({ description: 'Records that can be searched.' }).prefault(5000),
        ignore_high_frequency_request: flag({ description: 'Leave out publish and subscribe requests.' }).prefault(
          true,
        ),
      })
      .prefault({})
      .meta({ description: 'Audit log.' }),
  })
  .prefault({})
  .meta({ description: 'What is logged where.' });
