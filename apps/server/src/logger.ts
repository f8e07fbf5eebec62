import { type Logger, pino } from 'pino';

export interface LogSettings {
  /** EMQX's names: debug, info, notice, warning, error, critical, alert, emergency. */
  readonly level: string;
  readonly format: 'text' | 'json';
}

const PINO_LEVELS: Readonly<Record<string, string>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  alert: 'error',
  emergency: 'fatal',
  all: 'debug',
  none: 'silent',
};

const LEVEL_LABELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warning',
  50: 'error',
  60: 'emergency',
};

/**
 * The node's log. `text` prints `2026-11-25T10:00:00.000Z [warning] message key=value`, `json` one object a line with the
 * same fields; both to standard output.
 */
export function createLogger(
  settings: LogSettings,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Logger {
  const level = PINO_LEVELS[settings.level] ?? 'warn';
  const destination = { write: settings.format === 'json' ? write : (line: string) => write(toText(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'msg',
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    destination,
  );
}

function toText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: string; msg?: string };
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${time} [${LEVEL_LABELS[level] ?? level}] ${msg ?? ''}${pairs.join('')}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}
