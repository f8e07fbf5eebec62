import {
  type Authority,
  byteSize,
  duration,
  flag,
  parseAuthority,
  secret,
  textField,
  tlsOptions,
} from '@millrace/contract';
import { z } from 'zod';

const DEFAULT_PORT = 9092;

const bootstrapHosts = z
  .codec(z.union([z.string(), z.array(z.string())]), z.custom<readonly Authority[]>(), {
    decode: (value, context) => {
      const texts = (typeof value === 'string' ? value.split(',') : value).map((text) => text.trim());
      const hosts = texts.map((text) => parseAuthority(text, DEFAULT_PORT));
      const wrong = texts.find((_, index) => hosts[index] === undefined);
      if (wrong === undefined) return hosts.filter((host) => host !== undefined);
      context.issues.push({
        code: 'custom',
        input: value,
        message: `\`${wrong}\` is not an address; write host:port, separated by commas, e.g. kafka1:9092,kafka2:9092`,
      });
      return z.NEVER;
    },
    encode: (hosts) => hosts.map(({ host, port }) => `${host}:${port}`).join(','),
  })
  .meta({
    description:
      'Brokers to ask first, `host[:port]` separated by commas; any one that answers will do. Default port 9092.',
    examples: ['kafka1:9092,kafka2:9092'],
    format: 'authorities',
  });

const userPassword = z.strictObject({
  mechanism: z.enum(['plain', 'scram_sha_256', 'scram_sha_512']).meta({ description: 'SASL mechanism.' }),
  username: textField({ description: 'User name.' }),
  password: secret({ description: 'Password; a literal or `file:///path`, read at each connect.' }),
});

const oauth = z.strictObject({
  mechanism: z.literal('oauth').meta({ description: 'SASL OAUTHBEARER.' }),
  grant_type: z.literal('client_credentials').default('client_credentials').meta({ description: 'OAuth 2.0 grant.' }),
  endpoint_uri: z.url({ protocol: /^https?$/ }).meta({
    description: 'Token endpoint.',
    examples: ['https://login.example.com/oauth2/token'],
  }),
  client_id: textField({ description: 'Client id.' }),
  client_secret: secret({ description: 'Client secret; a literal or `file:///path`, read for each token.' }),
  scope: textField({ description: 'Scope asked for.' }).optional(),
  extensions: z.record(z.string(), z.string()).default({}).meta({
    description: 'SASL extensions sent with the token, e.g. `logicalCluster`.',
  }),
});

const authentication = z
  .union([z.literal('none'), userPassword, oauth], { error: (issue) => unsupportedAuthentication(issue.input) })
  .default('none')
  .meta({ description: 'How the node proves who it is: `none`, user and password, or OAuth.' });

/** Methods of EMQX that are not offered get a sentence of their own. */
function unsupportedAuthentication(input: unknown): string | undefined {
  const alternative = 'use a mechanism of plain, scram_sha_256, scram_sha_512 or oauth';
  if (input === 'msk_iam') return `msk_iam is not supported; ${alternative} (MSK offers SCRAM)`;
  if (typeof input !== 'object' || input === null) return undefined;
  if ('kerberos_principal' in input) return `Kerberos (GSSAPI) is not supported; ${alternative}`;
  if ('type' in input) return `MSK IAM Roles Anywhere is not supported; ${alternative} (MSK offers SCRAM)`;
  return undefined;
}

const socketOptions = z
  .strictObject({
    sndbuf: byteSize({ description: 'Accepted for compatibility; the system sizes socket buffers.' }).prefault('1MB'),
    recbuf: byteSize({ description: 'Accepted for compatibility; the system sizes socket buffers.' }).prefault('1MB'),
    nodelay: flag({ description: 'Send at once instead of collecting small packets.' }).prefault(true),
    tcp_keepalive: z
      .string()
      .regex(/^(none|\d+,\d+,\d+)$/, 'write none, or idle,interval,probes, e.g. 240,30,5')
      .default('none')
      .meta({ description: '`none` or `idle,interval,probes` in seconds; the system decides interval and probes.' }),
  })
  .prefault({})
  .meta({ description: 'Options of the TCP connections.' });

export const connectorConfig = z.strictObject({
  bootstrap_hosts: bootstrapHosts,
  connect_timeout: duration({ description: 'Longest time for TCP, TLS and login of one broker.' }).prefault('5s'),
  min_metadata_refresh_interval: duration({
    description: 'Shortest time between two questions about the same topic.',
    advanced: true,
  }).prefault('3s'),
  metadata_request_timeout: duration({
    description: 'Longest wait for an answer about topics.',
    advanced: true,
  }).prefault('5s'),
  request_timeout: duration({
    description:
      'A broker that leaves a request unanswered for so long is disconnected and its batches are sent again.',
    advanced: true,
  }).prefault('10s'),
  authentication,
  ssl: tlsOptions(),
  socket_opts: socketOptions,
  health_check_topic: textField({
    description:
      'Topic whose leaders must be reachable for the connector to be healthy; without it, any broker that answers will do.',
  }).optional(),
  allow_auto_topic_creation: flag({ description: 'Ask the brokers to create topics that are missing.' }).prefault(
    false,
  ),
});

export type ConnectorConfig = z.output<typeof connectorConfig>;
export type Authentication = ConnectorConfig['authentication'];
