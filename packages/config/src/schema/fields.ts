import { type FieldMeta, numberField } from '@millrace/contract';
import { z } from 'zod';

const NO_EFFECT = 'Accepted for compatibility; has no effect.';

/** A field that EMQX knows and Millrace has no use for. */
export function ignored() {
  return z.unknown().optional().meta({ description: NO_EFFECT, advanced: true });
}

/** One of some words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words, meta: FieldMeta) {
  return z.enum(words).meta({ ...meta });
}

/** A count without a bound when it is `infinity`. */
export function limit(meta: FieldMeta & { readonly min?: number }) {
  const { min = 0, ...rest } = meta;
  return z
    .codec(
      z.union([z.number(), z.string()]),
      z.custom<number>((value) => typeof value === 'number'),
      {
        decode: (value, context) => {
          const count = value === 'infinity' ? Infinity : Number(value);
          if ((Number.isInteger(count) || count === Infinity) && count >= min) return count;
          context.issues.push({
            code: 'custom',
            input: value,
            message: `not a count; write a whole number from ${min} on, or infinity`,
          });
          return z.NEVER;
        },
        encode: (count) => (count === Infinity ? 'infinity' : count),
      },
    )
    .meta({ ...rest, format: 'count' });
}

/** A share: `80%` or 0.8. */
export function percent(meta: FieldMeta) {
  return z
    .codec(z.union([z.string(), z.number()]), z.number().min(0).max(1), {
      decode: (value, context) => {
        const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value) : null;
        if (match !== null) return Number(match[1]) / 100;
        if (typeof value === 'number') return value;
        context.issues.push({ code: 'custom', input: value, message: 'not a share; write for instance 80%' });
        return z.NEVER;
      },
      encode: (share) => `${share * 100}%`,
    })
    .meta({ ...meta, format: 'percent' });
}

/** `1000/s`, `1MB/10s` or `infinity`; kept as text. */
export function rate(meta: FieldMeta) {
  return z
    .string()
    .regex(/^(infinity|\d+(\.\d+)?\s*([kKmMgG]?[bB])?(\/\d*(ms|s|m|h|d))?)$/, {
      error: 'write for instance 1000/s, 1MB/10s or infinity',
    })
    .meta({ ...meta, format: 'rate' });
}

export interface Bind {
  /** Empty when only a port was written: which addresses that means is decided for each listener. */
  readonly host: string;
  readonly port: number;
}

/** Where a listener listens: `1883`, `":1883"`, `"0.0.0.0:1883"` or `"[::1]:1883"`. */
export function bind(meta: FieldMeta) {
  return z
    .codec(z.union([z.number(), z.string()]), z.custom<Bind>(), {
      decode: (value, context) => {
        const parsed = parseBind(value);
        if (parsed !== undefined) return parsed;
        context.issues.push({
          code: 'custom',
          input: value,
          message: 'not an address; write a port or "address:port", e.g. "127.0.0.1:1883"',
        });
        return z.NEVER;
      },
      encode: ({ host, port }) => formatBind({ host, port }),
    })
    .meta({ ...meta, format: 'bind' });
}

/** Undefined when the text is no address. */
export function parseBind(value: unknown): Bind | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]:|([^:[\]\s/]*):)?(\d{1,5})$/.exec(String(value).trim());
  const port = Number(match?.[3]);
  return match === null || port > 65_535 ? undefined : { host: match[1] ?? match[2] ?? '', port };
}

export function formatBind({ host, port }: Bind): string {
  if (host === '') return String(port);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A whole number with a default. */
export function count(description: string, value: number, min = 0) {
  return numberField({ description, min }).prefault(value);
}
