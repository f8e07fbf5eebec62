import { readFileSync } from 'node:fs';
import { compileTemplate, type Template } from '@millrace/values';
import { z } from 'zod';

/**
 * Field helpers: a config field is declared once (type, default, description, example, secret, advanced, since), and
 * parsing, JSON Schema, OpenAPI, reference pages and forms all come from it.
 */
export interface FieldMeta {
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** Shown only on demand in forms. */
  readonly advanced?: boolean;
  /** EMQX or Millrace release that brought the field. */
  readonly since?: string;
  /** Older spellings that configurations may still use; the config room reads them as this field. */
  readonly aliases?: readonly string[];
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  f: 1_209_600_000,
};

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
};

const ACCEPTED = { description: 'Accepted for compatibility.' };

const anyNumber = z.custom<number>((value) => typeof value === 'number');

/** Milliseconds from `1h30m`, `1.5h`, `15s`, a bare number (ms) or `infinity`. */
export function duration(meta: FieldMeta & { readonly infinity?: boolean }) {
  const { infinity = false, ...rest } = meta;
  return z
    .codec(z.union([z.string(), z.number()]), anyNumber, {
      decode: (text, context) => {
        const milliseconds = parseDuration(text);
        if (milliseconds !== undefined && (infinity || milliseconds !== Infinity)) return milliseconds;
        context.issues.push({
          code: 'custom',
          input: text,
          message: `not a duration; write for instance 15s, 500ms or 1h30m${infinity ? ', or infinity' : ''}`,
        });
        return z.NEVER;
      },
      encode: (milliseconds) => formatDuration(milliseconds),
    })
    .meta({ ...rest, format: 'duration' });
}

/** Bytes from `256MB`, `64KB`, `1GB` (powers of 1024), a bare number or, where allowed, `infinity`. */
export function byteSize(meta: FieldMeta & { readonly infinity?: boolean }) {
  const { infinity = false, ...rest } = meta;
  return z
    .codec(z.union([z.string(), z.number()]), anyNumber, {
      decode: (text, context) => {
        const bytes = parseByteSize(text);
        if (bytes !== undefined && (infinity || bytes !== Infinity)) return bytes;
        context.issues.push({
          code: 'custom',
          input: text,
          message: `not a size; write for instance 256MB, 64KB or 1GB${infinity ? ', or infinity' : ''}`,
        });
        return z.NEVER;
      },
      encode: (bytes) => formatByteSize(bytes),
    })
    .meta({ ...rest, format: 'bytesize' });
}

/** A `${…}` template, compiled when the config is read. */
export function template(meta: FieldMeta) {
  return z
    .codec(
      z.union([z.string(), z.number(), z.boolean()]),
      z.custom<Template>((value) => typeof value === 'object' && value !== null),
      { decode: (source) => compileTemplate(String(source)), encode: (compiled) => compiled.source },
    )
    .meta({ ...meta, format: 'template' });
}

/** A secret: a literal, or `file:///path` whose content is read at use (see `readSecret`). Masked as `******` in every answer. */
export function secret(meta: FieldMeta) {
  return z.string().meta({ ...meta, format: 'password', writeOnly: true });
}

/** The secret itself: follows a `file://` reference (content right-trimmed), so that credentials can rotate. Throws when the file cannot be read. */
export function readSecret(value: string): string {
  return value.startsWith('file://') ? readFileSync(new URL(value), 'utf8').trimEnd() : value;
}

/** A switch: `true`, `false`, `on` or `off`. */
export function flag(meta: FieldMeta) {
  return z
    .codec(z.union([z.boolean(), z.enum(['on', 'off', 'true', 'false'])]), z.boolean(), {
      decode: (value) => value === true || value === 'on' || value === 'true',
      encode: (value) => value,
    })
    .meta({ ...meta });
}

/** Any text. */
export function textField(meta: FieldMeta) {
  return z.string().meta({ ...meta });
}

/** The path of a file; the config room replaces `${EMQX_ETC_DIR}` and its kin at the start of it. */
export function filePath(meta: FieldMeta) {
  return z.string().meta({ ...meta, format: 'path' });
}

/** A whole number, also written as text. */
export function numberField(meta: FieldMeta & { readonly min?: number; readonly max?: number }) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, ...rest } = meta;
  const bounds = { ...(meta.min !== undefined && { minimum: min }), ...(meta.max !== undefined && { maximum: max }) };
  return z
    .codec(z.union([z.number(), z.string()]), z.number().int().min(min).max(max), {
      decode: (value, context) => {
        if (typeof value === 'number') return value;
        if (/^\s*-?\d+\s*$/.test(value)) return Number(value);
        context.issues.push({
          code: 'custom',
          input: value,
          message: 'not a whole number; write digits, without quotes',
        });
        return z.NEVER;
      },
      encode: (value) => value,
    })
    .meta({ ...rest, ...bounds, format: 'integer' });
}

/** `host[:port]`, IPv6 in brackets, as `{host, port}`. */
export function authority(meta: FieldMeta & { readonly defaultPort: number }) {
  const { defaultPort, ...rest } = meta;
  return z
    .codec(z.string(), z.custom<Authority>(), {
      decode: (text, context) => {
        const parsed = parseAuthority(text, defaultPort);
        if (parsed !== undefined) return parsed;
        context.issues.push({
          code: 'custom',
          input: text,
          message: 'not an address; write host:port, e.g. 127.0.0.1:1883',
        });
        return z.NEVER;
      },
      encode: ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
    })
    .meta({ ...rest, format: 'authority' });
}

export interface Authority {
  readonly host: string;
  readonly port: number;
}

/** The client `ssl` block that all connectors share. Paths or PEM text; files are read at each connect. */
export function tlsOptions() {
  const path = (description: string) => filePath({ description }).optional();
  return z
    .strictObject({
      enable: flag({ description: 'Use TLS.' }).prefault(false),
      cacertfile: path('CA certificates that the server is checked against: a file, or PEM text.'),
      certfile: path('Client certificate: a file, or PEM text.'),
      keyfile: path('Private key of the client certificate: a file, or PEM text.'),
      password: secret({ description: 'Password of the private key.' }).optional(),
      verify: z.enum(['verify_none', 'verify_peer']).default('verify_none').meta({
        description: 'Whether the certificate of the server is checked.',
      }),
      server_name_indication: z.string().optional().meta({
        description:
          'Name sent and checked instead of the host name that is dialled; `disable` sends none, `auto` the host.',
      }),
      versions: z
        .array(z.enum(['tlsv1.3', 'tlsv1.2', 'tlsv1.1', 'tlsv1']))
        .default(['tlsv1.3', 'tlsv1.2'])
        .meta({
          description: 'Protocol versions offered.',
        }),
      ciphers: z
        .union([z.string(), z.array(z.string())])
        .default([])
        .meta({ description: 'OpenSSL cipher names.' }),
      cacerts: flag({ description: 'Use the trust store of the operating system.' }).prefault(false),
      depth: numberField({ description: 'Longest certificate chain.', min: 0 }).prefault(10),
      reuse_sessions: flag(ACCEPTED).prefault(true),
      secure_renegotiate: flag(ACCEPTED).prefault(true),
      hibernate_after: z.union([z.string(), z.number()]).default('5s').meta(ACCEPTED),
      log_level: z.string().default('notice').meta(ACCEPTED),
      middlebox_comp_mode: flag(ACCEPTED).prefault(true),
      partial_chain: z.union([z.boolean(), z.string()]).optional().meta(ACCEPTED),
      verify_peer_ext_key_usage: z.string().optional().meta(ACCEPTED),
      user_lookup_fun: z.string().optional().meta(ACCEPTED),
    })
    .prefault({})
    .meta({ description: 'TLS towards the outside system.' });
}

export type TlsOptions = z.output<ReturnType<typeof tlsOptions>>;

/** Undefined when the text is no duration. */
export function parseDuration(text: string | number): number | undefined {
  if (typeof text === 'number') return text >= 0 ? text : undefined;
  const source = text.trim().toLowerCase();
  if (source === 'infinity') return Infinity;
  if (/^\d+(\.\d+)?$/.test(source)) return Number(source);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w|f))+$/.test(source)) return undefined;
  let total = 0;
  for (const [, amount, unit] of source.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w|f)/g)) {
    total += Number(amount) * (DURATION_UNITS[unit ?? ''] ?? Number.NaN);
  }
  return Math.round(total);
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds === Infinity) return 'infinity';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = DURATION_UNITS[unit] ?? 1;
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}

/** Undefined when the text is no size. */
export function parseByteSize(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isInteger(text) && text >= 0 ? text : undefined;
  if (text.trim().toLowerCase() === 'infinity') return Infinity;
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?b?)$/i.exec(text.trim());
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (SIZE_UNITS[(match[2] ?? '').toLowerCase()] ?? Number.NaN));
}

export function formatByteSize(bytes: number): string {
  if (bytes === Infinity) return 'infinity';
  for (const unit of ['gb', 'mb', 'kb'] as const) {
    const size = SIZE_UNITS[unit] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit.toUpperCase()}`;
  }
  return `${bytes}B`;
}

export function parseAuthority(text: string, defaultPort: number): Authority | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]*))(?::(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  return host === '' || port > 65_535 ? undefined : { host, port };
}
