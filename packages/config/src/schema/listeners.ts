import { byteSize, duration, filePath, flag, numberField, secret, textField } from '@millrace/contract';
import { z } from 'zod';
import { bind, choice, count, ignored, limit, rate } from './fields.ts';

/** Port of a listener that writes no `bind`. */
const DEFAULT_PORTS = { tcp: 1883, ssl: 8883, ws: 8083, wss: 8084 } as const;

export type ListenerType = keyof typeof DEFAULT_PORTS;

const tcpOptions = z
  .strictObject({
    active_n: ignored(),
    backlog: count('Connections that may wait to be accepted.', 1024, 1),
    send_timeout: duration({ description: 'A client that takes no bytes for so long is closed.' }).prefault('15s'),
    send_timeout_close: flag({ description: 'Close the connection after `send_timeout`.', advanced: true }).prefault(
      true,
    ),
    recbuf: byteSize({ description: 'Receive buffer of the socket.', advanced: true }).optional(),
    sndbuf: byteSize({ description: 'Send buffer of the socket.', advanced: true }).optional(),
    buffer: byteSize({ description: 'Accepted for compatibility; has no effect.', advanced: true }).prefault('4KB'),
    high_watermark: byteSize({
      description: 'Bytes waiting for a slow client before its deliveries are queued.',
    }).prefault('1MB'),
    nodelay: flag({ description: 'Send small packets at once.' }).prefault(true),
    reuseaddr: flag({ description: 'Accepted for compatibility; has no effect.', advanced: true }).prefault(true),
    keepalive: textField({
      description: 'TCP keep-alive: `none`, or "idle,interval,probes" in seconds.',
      advanced: true,
    }).prefault('none'),
  })
  .prefault({})
  .meta({ description: 'Socket options.' });

const websocketOptions = z
  .strictObject({
    mqtt_path: z
      .string()
      .startsWith('/', { error: 'write a path, e.g. "/mqtt"' })
      .meta({ description: 'Path of the endpoint.' })
      .prefault('/mqtt'),
    mqtt_piggyback: choice(['single', 'multiple'], {
      description: 'Whether a frame may hold several packets.',
    }).prefault('multiple'),
    compress: flag({ description: 'Compress frames.' }).prefault(false),
    idle_timeout: duration({ description: 'A connection without traffic is closed.', infinity: true }).prefault(
      '7200s',
    ),
    max_frame_size: byteSize({ description: 'Longest frame.', infinity: true }).prefault('infinity'),
    fail_if_no_subprotocol: flag({ description: 'Refuse clients that ask for no sub-protocol.' }).prefault(true),
    supported_subprotocols: textField({ description: 'Sub-protocols, separated by commas.' }).prefault(
      'mqtt, mqtt-v3, mqtt-v3.1.1, mqtt-v5',
    ),
    check_origin_enable: flag({ description: 'Check the Origin header.' }).prefault(false),
    allow_origin_absence: flag({ description: 'Take clients without an Origin header.' }).prefault(true),
    check_origins: z
      .union([z.string(), z.array(z.string())])
      .meta({ description: 'Allowed origins.' })
      .prefault('http://localhost:18083, http://127.0.0.1:18083'),
    proxy_address_header: textField({ description: 'Header with the address of the client behind a proxy.' }).prefault(
      'x-forwarded-for',
    ),
    proxy_port_header: textField({ description: 'Header with the port of the client behind a proxy.' }).prefault(
      'x-forwarded-port',
    ),
    validate_utf8: ignored(),
    deflate_opts: ignored(),
  })
  .prefault({})
  .meta({ description: 'WebSocket options.' });

/** The server `ssl_options` block: listeners and the dashboard. Paths or PEM text. */
const serverTls = z
  .strictObject({
    cacertfile: filePath({ description: 'CA certificates that clients are checked against.' }).optional(),
    certfile: filePath({ description: 'Certificate of the server.' }).optional(),
    keyfile: filePath({ description: 'Private key of the certificate.' }).optional(),
    password: secret({ description: 'Password of the private key.' }).optional(),
    verify: choice(['verify_none', 'verify_peer'], {
      description: 'Whether clients are asked for a certificate.',
    }).prefault('verify_none'),
    fail_if_no_peer_cert: flag({ description: 'Refuse clients without a certificate.' }).prefault(false),
    depth: count('Longest certificate chain.', 10),
    versions: z
      .array(z.enum(['tlsv1.3', 'tlsv1.2', 'tlsv1.1', 'tlsv1']))
      .prefault(['tlsv1.3', 'tlsv1.2'])
      .meta({ description: 'Protocol versions.' }),
    ciphers: z
      .union([z.string(), z.array(z.string())])
      .prefault([])
      .meta({ description: 'OpenSSL cipher names.' }),
    honor_cipher_order: flag({ description: 'The order of the server decides.' }).prefault(true),
    handshake_timeout: duration({ description: 'Longest handshake.' }).prefault('15s'),
    dhfile: filePath({ description: 'Diffie-Hellman parameters.', advanced: true }).optional(),
    secure_renegotiate: ignored(),
    client_renegotiation: ignored(),
    reuse_sessions: ignored(),
    user_lookup_fun: ignored(),
    hibernate_after: ignored(),
    log_level: ignored(),
    gc_after_handshake: ignored(),
    partial_chain: ignored(),
    verify_peer_ext_key_usage: ignored(),
    enable_crl_check: ignored(),
    ocsp: ignored(),
  })
  .prefault({})
  .meta({ description: 'TLS of the server.' });

function common(type: ListenerType) {
  return {
    enable: flag({ description: 'Whether the listener runs.', aliases: ['enabled'] }).prefault(true),
    bind: bind({
      description:
        'Port, or "address:port". A port alone means loopback while no authentication is configured, and every address otherwise.',
    }).prefault(DEFAULT_PORTS[type]),
    max_connections: limit({ description: 'Most connections at once.' }).prefault('infinity'),
    mountpoint: textField({
      description: 'Put before every topic; `${clientid}` and `${username}` are replaced.',
    }).prefault(''),
    zone: textField({ description: 'Zone whose settings apply.' }).prefault('default'),
    enable_authn: z
      .union([flag({ description: 'Whether clients must authenticate.' }), z.literal('quick_deny_anonymous')])
      .prefault(true)
      .meta({
        description:
          '`false` lets everyone in, on any address; `quick_deny_anonymous` refuses clients without a user name at once.',
      }),
    access_rules: z
      .array(z.string().regex(/^(allow|deny)\s+\S+$/, { error: 'write "allow all" or "deny 10.0.0.0/8"' }))
      .prefault(['allow all'])
      .meta({
        description: '`allow` or `deny`, and `all` or a network; the first that fits decides.',
      }),
    proxy_protocol: flag({ description: 'Expect the PROXY protocol of a load balancer.', advanced: true }).prefault(
      false,
    ),
    proxy_protocol_timeout: duration({ description: 'Longest wait for the PROXY header.', advanced: true }).prefault(
      '3s',
    ),
    max_conn_rate: rate({ description: 'New connections.' }).prefault('infinity'),
    messages_rate: rate({ description: 'Messages of a client.' }).prefault('infinity'),
    bytes_rate: rate({ description: 'Bytes of a client.' }).prefault('infinity'),
    max_conn_burst: ignored(),
    messages_burst: ignored(),
    bytes_burst: ignored(),
    limiter: ignored(),
    acceptors: ignored(),
    tcp_options: tcpOptions,
  };
}

const tcp = z.strictObject(common('tcp'));
const ssl = z.strictObject({ ...common('ssl'), ssl_options: serverTls });
const ws = z.strictObject({ ...common('ws'), websocket: websocketOptions });
const wss = z.strictObject({ ...common('wss'), ssl_options: serverTls, websocket: websocketOptions });

export const listeners = z
  .strictObject({
    tcp: z.record(z.string(), tcp).prefault({}).meta({ description: 'MQTT over TCP.' }),
    ssl: z.record(z.string(), ssl).prefault({}).meta({ description: 'MQTT over TLS; runs when it has a certificate.' }),
    ws: z.record(z.string(), ws).prefault({}).meta({ description: 'MQTT over WebSocket.' }),
    wss: z
      .record(z.string(), wss)
      .prefault({})
      .meta({ description: 'MQTT over WebSocket and TLS; runs when it has a certificate.' }),
    quic: ignored(),
  })
  .prefault({})
  .meta({ description: 'Where clients connect: `listeners.TYPE.NAME`.' });

const httpBind = (port: number) =>
  bind({ description: 'Port or "address:port"; port 0 takes any free one.' }).prefault(port);

const httpListener = {
  enable: flag({ description: 'Whether the listener runs.' }).prefault(true),
  max_connections: count('Most connections at once.', 512, 1),
  backlog: count('Connections that may wait to be accepted.', 1024, 1),
  send_timeout: duration({ description: 'Longest wait for a client to take an answer.' }).prefault('10s'),
  inet6: flag({ description: 'Listen on IPv6.' }).prefault(false),
  ipv6_v6only: flag({ description: 'Only IPv6.' }).prefault(false),
  proxy_header: flag({ description: 'Trust the forwarding headers of a proxy.' }).prefault(false),
  num_acceptors: ignored(),
};

export const dashboard = z
  .strictObject({
    listeners: z
      .strictObject({
        http: z
          .strictObject({ ...httpListener, bind: httpBind(18_083) })
          .prefault({})
          .meta({ description: 'HTTP.' }),
        https: z
          .strictObject({ ...httpListener, bind: httpBind(18_084), ssl_options: serverTls })
          .prefault({})
          .meta({ description: 'HTTPS; runs when it has a certificate.' }),
      })
      .prefault({})
      .meta({ description: 'Where the dashboard and the REST API listen.' }),
    default_username: textField({ description: 'The first user.' }).prefault('admin'),
    default_password: secret({
      description: 'Password of the first user. Without it a random one is made at the first start.',
    }).optional(),
    token_expired_time: duration({ description: 'Life of a login token.' }).prefault('60m'),
    cors: flag({ description: 'Let pages of other origins call the API.' }).prefault(false),
    swagger_support: flag({ description: 'Serve `/api-docs`.' }).prefault(true),
    base_path: textField({ description: 'Path under which a proxy serves the dashboard.' }).prefault(''),
    i18n_lang: choice(['en', 'zh'], { description: 'Language.' }).optional(),
    bootstrap_users_file: filePath({ description: 'Older place of `api_key.bootstrap_file`.' }).optional(),
    password_expired_time: duration({ description: 'Age at which passwords must be changed; 0 is never.' }).prefault(
      '0s',
    ),
    unsuccessful_login_max_attempts: numberField({
      description: 'Failed logins before a user is locked.',
      min: 1,
    }).optional(),
    unsuccessful_login_lock_duration: duration({ description: 'How long a user stays locked.' }).optional(),
    unsuccessful_login_interval: duration({ description: 'Time over which failed logins are counted.' }).optional(),
    default_mfa: ignored(),
    sso: ignored(),
  })
  .prefault({})
  .meta({ description: 'Dashboard and REST API.' });

export const apiKey = z
  .strictObject({
    bootstrap_file: filePath({
      description: 'File of API keys, one `key:secret[:role]` on a line; read at each start.',
    }).optional(),
  })
  .prefault({})
  .meta({ description: 'API keys.' });
