import { duration, numberField, template, textField, tlsOptions } from '@millrace/contract';
import { z } from 'zod';

const MASKED = 'Values of `authorization` and names like it are secrets; `file:///path` reads one from a file.';

/** `connectors.http.NAME`. */
export const connectorConfig = z.strictObject({
  url: urlField({
    description: 'Where requests go; the path of the action is appended. `https` switches TLS on.',
    examples: ['http://127.0.0.1:8080/api'],
  }),
  headers: headerMap(
    `Headers of every request. ${MASKED} \`connection\`, \`keep-alive\`, \`content-length\` and \`transfer-encoding\` are set by the client itself.`,
  ).prefault({ accept: 'application/json', 'content-type': 'application/json', 'cache-control': 'no-cache' }),
  connect_timeout: duration({ description: 'Longest wait for a connection, TLS included.' }).prefault('15s'),
  pool_type: z.enum(['random', 'hash']).default('random').meta({
    description: '`random`: the connection with the fewest requests; `hash`: all requests of a lane on one connection.',
  }),
  pool_size: numberField({ description: 'Connections.', min: 1, max: 1024 }).prefault(8),
  enable_pipelining: numberField({
    description:
      'Requests that may wait for an answer on one connection; 1 switches pipelining off. POST is never pipelined, because it must not be repeated blindly (RFC 9112 §9.3.2).',
    min: 1,
  }).prefault(100),
  max_inactive: duration({ description: 'An idle connection is closed after this time.', since: '5.10' }).prefault(
    '10s',
  ),
  health_check_path: textField({
    description:
      'When set, the health check sends GET to this path (appended to the URL) and wants a status below 400, instead of only opening a connection.',
    advanced: true,
  }).optional(),
  ssl: tlsOptions(),
});

export type ConnectorConfig = z.output<typeof connectorConfig>;

/** `actions.http.NAME.parameters`. */
export const sinkParameters = z.strictObject({
  path: template({
    description:
      'Appended to the path of the URL, with `${…}`. A record whose path holds a space or control character fails.',
    examples: ['/devices/${clientid}'],
  }).prefault(''),
  method: z
    .enum(['post', 'put', 'get', 'delete'])
    .default('post')
    .meta({ description: '`get` and `delete` send no body.' }),
  headers: headerMap(`Headers of this action, laid over those of the connector. ${MASKED}`).prefault({}),
  body: template({ description: 'The body, with `${…}`. Unset: the whole output as JSON.' }).optional(),
  request_timeout: duration({
    description: 'Longest wait for an answer; after it the request is sent again.',
  }).prefault('30s'),
  max_retries: numberField({
    description: 'Accepted for compatibility: the buffer retries until `request_ttl`.',
    min: 0,
  }).prefault(2),
});

export type SinkParameters = z.output<typeof sinkParameters>;

function headerMap(description: string) {
  return z
    .record(
      z.string(),
      z.codec(z.union([z.string(), z.number(), z.boolean()]), z.string(), { decode: String, encode: (text) => text }),
    )
    .meta({ description });
}

function urlField(meta: { readonly description: string; readonly examples: readonly string[] }) {
  return z
    .codec(z.string(), z.custom<URL>(), {
      decode: (text, context) => {
        const fault = urlFault(text);
        if (fault === undefined) return new URL(text);
        context.issues.push({ code: 'custom', input: text, message: fault });
        return z.NEVER;
      },
      encode: (url) => url.href,
    })
    .meta({ ...meta, format: 'uri' });
}

/** What is wrong with a URL, without repeating it: it may hold a password. */
function urlFault(text: string): string | undefined {
  if (text.includes('${')) return 'placeholders are not possible here; use the path of the action';
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return 'not a URL; write http://host:port/path or https://…';
  if (url.username !== '' || url.password !== '')
    return 'user and password do not belong here; set the header `authorization`';
  return url.hash === '' ? undefined : 'a fragment (#…) is never sent; remove it';
}
