import { byteSize, duration, flag, numberField, textField } from '@millrace/contract';
import { z } from 'zod';
import { choice, ignored, limit } from './fields.ts';

const peerCert = (what: string) =>
  choice(['disabled', 'cn', 'dn', 'crt', 'pem', 'md5'], {
    description: `Part of the client certificate that becomes the ${what}.`,
  });

/** The fields of `mqtt`; without defaults they are what a zone may override. */
const fields = {
  idle_timeout: duration({ description: 'A connection that has sent no CONNECT by then is closed.', infinity: true }),
  max_packet_size: byteSize({ description: 'Longest packet taken, at most 256MB; told to clients.' }).refine(
    (size) => size <= 268_435_456,
    {
      error: 'must be at most 256MB, the longest packet of MQTT',
    },
  ),
  max_clientid_len: numberField({ description: 'Longest client id.', min: 23, max: 65_535 }),
  max_topic_levels: numberField({ description: 'Most levels of a topic.', min: 1, max: 65_535 }),
  max_topic_alias: numberField({ description: 'Topic aliases a client may use; 0 offers none.', min: 0, max: 65_535 }),
  retain_available: flag({ description: 'Whether messages may be retained.' }),
  wildcard_subscription: flag({ description: 'Whether filters may have wildcards.' }),
  shared_subscription: flag({ description: 'Whether `$share/…` may be subscribed.' }),
  shared_subscription_strategy: choice(
    ['random', 'round_robin', 'round_robin_per_group', 'sticky', 'local', 'hash_topic', 'hash_clientid'],
    { description: 'Which member of a shared subscription gets a message.' },
  ),
  shared_subscription_initial_sticky_pick: choice(['random', 'local', 'hash_topic', 'hash_clientid'], {
    description: 'How `sticky` chooses its first member.',
    advanced: true,
  }),
  exclusive_subscription: flag({ description: 'Whether `$exclusive/…` may be subscribed.' }),
  ignore_loop_deliver: flag({ description: 'MQTT 3 clients never get their own messages.' }),
  strict_mode: flag({ description: 'Check text and flags of packets strictly.', advanced: true }),
  response_information: textField({ description: 'Told to MQTT 5 clients that ask for it.', advanced: true }),
  server_keepalive: z
    .union([z.literal('disabled'), numberField({ description: 'Seconds.', min: 1, max: 65_535 })])
    .meta({ description: 'Forces this keep-alive (seconds) on every client.' }),
  keepalive_multiplier: z.number().min(1).meta({ description: 'A client is gone after its keep-alive times this.' }),
  keepalive_check_interval: duration({ description: 'Time between keep-alive checks.', advanced: true }),
  retry_interval: duration({
    description: 'Sends unacknowledged messages again on a live connection.',
    infinity: true,
    advanced: true,
  }),
  use_username_as_clientid: flag({ description: 'The user name replaces the client id.' }),
  peer_cert_as_username: peerCert('user name'),
  peer_cert_as_clientid: peerCert('client id'),
  client_attrs_init: z
    .array(
      z.looseObject({
        expression: textField({ description: 'Where the value comes from, e.g. `clientid` or `user_property.x`.' }),
        set_as_attr: textField({ description: 'Name of the attribute.' }),
      }),
    )
    .meta({
      description: 'Client attributes that are set when a client connects.',
      advanced: true,
    }),
  clientid_override: textField({
    description: 'Expression that replaces the client id, or `disabled`.',
    since: '5.8.3',
    advanced: true,
  }),
  session_expiry_interval: duration({
    description: 'Life of a session of an MQTT 3 client without clean session.',
    infinity: true,
  }),
  message_expiry_interval: duration({ description: 'Life of a message that brings none.', infinity: true }),
  max_awaiting_rel: limit({ description: 'QoS 2 messages of a client that wait for their release.' }),
  await_rel_timeout: duration({ description: 'How long a QoS 2 message waits for its release.', infinity: true }),
  max_qos_allowed: numberField({ description: 'Highest QoS that clients may publish with.', min: 0, max: 2 }),
  mqueue_priorities: z
    .union([z.literal('disabled'), z.record(z.string(), numberField({ description: 'Priority.', min: 1, max: 255 }))])
    .meta({ description: 'Priority of topics in the queue of a session.', advanced: true }),
  mqueue_default_priority: choice(['highest', 'lowest'], {
    description: 'Priority of all other topics.',
    advanced: true,
  }),
  mqueue_store_qos0: flag({ description: 'Queue QoS 0 messages for clients that are away.' }),
  max_mqueue_len: limit({ description: 'Messages queued for a client; when full the oldest goes.' }),
  max_inflight: numberField({ description: 'Unacknowledged messages towards a client.', min: 1, max: 65_535 }),
  max_subscriptions: limit({ description: 'Subscriptions of a client.' }),
  upgrade_qos: flag({ description: 'Deliver at the QoS of the subscription even when published lower.' }),
};

const defaults = {
  idle_timeout: '15s',
  max_packet_size: '1MB',
  max_clientid_len: 65_535,
  max_topic_levels: 128,
  max_topic_alias: 65_535,
  retain_available: true,
  wildcard_subscription: true,
  shared_subscription: true,
  shared_subscription_strategy: 'round_robin',
  shared_subscription_initial_sticky_pick: 'random',
  exclusive_subscription: false,
  ignore_loop_deliver: false,
  strict_mode: false,
  response_information: '',
  server_keepalive: 'disabled',
  keepalive_multiplier: 1.5,
  keepalive_check_interval: '30s',
  retry_interval: 'infinity',
  use_username_as_clientid: false,
  peer_cert_as_username: 'disabled',
  peer_cert_as_clientid: 'disabled',
  client_attrs_init: [],
  clientid_override: 'disabled',
  session_expiry_interval: '2h',
  message_expiry_interval: 'infinity',
  max_awaiting_rel: 100,
  await_rel_timeout: '300s',
  max_qos_allowed: 2,
  mqueue_priorities: 'disabled',
  mqueue_default_priority: 'lowest',
  mqueue_store_qos0: true,
  max_mqueue_len: 1000,
  max_inflight: 32,
  max_subscriptions: 'infinity',
  upgrade_qos: false,
} satisfies { readonly [K in keyof typeof fields]: z.input<(typeof fields)[K]> };

type Filled = { readonly [K in keyof typeof fields]: z.ZodPrefault<(typeof fields)[K]> };
type Optional = { readonly [K in keyof typeof fields]: z.ZodOptional<(typeof fields)[K]> };

const entries = Object.entries(fields) as [keyof typeof fields, z.ZodType][];
const filled = Object.fromEntries(
  entries.map(([name, field]) => [name, field.prefault(defaults[name])]),
) as unknown as Filled;
const optional = Object.fromEntries(entries.map(([name, field]) => [name, field.optional()])) as unknown as Optional;

const unused = { subscription_max_qos_rules: ignored() };

export const mqtt = z
  .strictObject({ ...filled, ...unused })
  .prefault({})
  .meta({ description: 'How the broker speaks MQTT with every client.' });

export const zones = z
  .record(
    z.string(),
    z.strictObject({
      mqtt: z
        .strictObject({ ...optional, ...unused })
        .optional()
        .meta({ description: 'Values in place of those of `mqtt`.' }),
      force_shutdown: ignored(),
      force_gc: ignored(),
      flapping_detect: ignored(),
      durable_sessions: ignored(),
      conn_congestion: ignored(),
      overload_protection: ignored(),
      stats: ignored(),
    }),
  )
  .prefault({})
  .meta({ description: 'Settings for the listeners that name a zone.' });
