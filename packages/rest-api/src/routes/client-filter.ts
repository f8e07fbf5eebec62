import type { ClientView } from '@millrace/broker';
import { z } from 'zod';

/** A time in a query, RFC 3339 or ms, as ms since the epoch. */
export const queryTime = z.string().transform((text, context) => {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(time)) return time;
  context.issues.push({ code: 'custom', input: text, message: 'not a time; write RFC 3339 or ms since the epoch' });
  return z.NEVER;
});

/** Filters of `GET /clients`; all given ones must hold. */
export interface ClientQuery {
  readonly node?: string | undefined;
  readonly clientid?: readonly string[] | undefined;
  readonly username?: readonly string[] | undefined;
  readonly ip_address?: string | undefined;
  readonly conn_state?: 'connected' | 'idle' | 'disconnected' | undefined;
  readonly clean_start?: boolean | undefined;
  readonly proto_ver?: number | undefined;
  readonly like_clientid?: string | undefined;
  readonly like_username?: string | undefined;
  readonly gte_created_at?: number | undefined;
  readonly lte_created_at?: number | undefined;
  readonly gte_connected_at?: number | undefined;
  readonly lte_connected_at?: number | undefined;
}

type Test = (client: ClientView) => boolean;

/** Undefined when nothing is filtered. */
export function clientFilter(query: ClientQuery, node: string): Test | undefined {
  const tests = [
    given(query.node, (name) => () => name === node),
    given(
      query.clientid,
      (ids) =>
        ({ clientid }) =>
          ids.includes(clientid),
    ),
    given(
      query.username,
      (names) =>
        ({ username }) =>
          username !== null && names.includes(username),
    ),
    given(
      query.ip_address,
      (address) =>
        ({ ip_address }) =>
          ip_address === address,
    ),
    given(
      query.conn_state,
      (state) =>
        ({ connected }) =>
          connected === (state === 'connected'),
    ),
    given(
      query.clean_start,
      (flag) =>
        ({ clean_start }) =>
          clean_start === flag,
    ),
    given(
      query.proto_ver,
      (version) =>
        ({ proto_ver }) =>
          proto_ver === version,
    ),
    given(
      query.like_clientid,
      (part) =>
        ({ clientid }) =>
          clientid.includes(part),
    ),
    given(
      query.like_username,
      (part) =>
        ({ username }) =>
          username?.includes(part) === true,
    ),
    given(
      query.gte_created_at,
      (time) =>
        ({ created_at }) =>
          created_at >= time,
    ),
    given(
      query.lte_created_at,
      (time) =>
        ({ created_at }) =>
          created_at <= time,
    ),
    given(
      query.gte_connected_at,
      (time) =>
        ({ connected_at }) =>
          connected_at >= time,
    ),
    given(
      query.lte_connected_at,
      (time) =>
        ({ connected_at }) =>
          connected_at <= time,
    ),
  ].filter((test) => test !== undefined);
  return tests.length === 0 ? undefined : (client) => tests.every((accepts) => accepts(client));
}

/** Names in `fields`, repeated or separated by commas; undefined means all. */
export function fieldsOf(fields: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const names = fields?.flatMap((text) => text.split(',')).map((name) => name.trim());
  return names === undefined || names.includes('all') ? undefined : new Set(names);
}

function given<T>(value: T | undefined, make: (value: T) => Test): Test | undefined {
  return value === undefined ? undefined : make(value);
}
