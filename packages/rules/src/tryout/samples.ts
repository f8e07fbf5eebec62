import type { Value } from '@millrace/values';
import { eventKinds } from '../event/kinds.ts';

type Sample = Readonly<Record<string, Value>>;

/** How a field of a test context must look. */
export type FieldType = 'text' | 'whole number' | 'true or false' | 'object';

/** One kind of event to try a rule with. */
export interface SampleKind {
  /** `event_type` of the test context. */
  readonly type: string;
  /** The `event` column. */
  readonly event: string;
  /** Names of the event that FROM may hold; empty for published messages, whose topic counts. */
  readonly topics: readonly string[];
  /** What a context may set, besides `event_type`. */
  readonly fields: readonly string[];
  /** All columns with plausible values. */
  sample(now: number): Sample;
}

const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  qos: 'whole number',
  keepalive: 'whole number',
  expiry_interval: 'whole number',
  publish_received_at: 'whole number',
  message_received_at: 'whole number',
  connected_at: 'whole number',
  disconnected_at: 'whole number',
  activated_at: 'whole number',
  deactivated_at: 'whole number',
  clean_start: 'true or false',
  is_bridge: 'true or false',
  is_anonymous: 'true or false',
  is_superuser: 'true or false',
  details: 'object',
};

/** What a field must be; everything not said otherwise is text. */
export function fieldType(field: string): FieldType {
  return FIELD_TYPES[field] ?? 'text';
}

const MESSAGE_FIELDS = ['clientid', 'username', 'payload', 'peerhost', 'topic', 'publish_received_at', 'qos'];
const PUBLISH_FIELDS = ['id', ...MESSAGE_FIELDS];
const DELIVERED_FIELDS = [...PUBLISH_FIELDS, 'from_clientid', 'from_username'];

const PUBLISHER: Sample = {
  clientid: 'c_emqx',
  username: 'u_emqx',
  peerhost: '192.168.0.10',
  peername: '192.168.0.10:32781',
  client_attrs: { test: 'example' },
};

const RECEIVER: Sample = {
  from_clientid: 'c_emqx_1',
  from_username: 'u_emqx_1',
  clientid: 'c_emqx_2',
  username: 'u_emqx_2',
  peerhost: '192.168.0.10',
  peername: '192.168.0.10:32781',
};

const CONNECTION: Sample = {
  clientid: 'c_emqx',
  username: 'u_emqx',
  peername: '192.168.0.10:32781',
  sockname: '0.0.0.0:1883',
  proto_name: 'MQTT',
  proto_ver: 5,
};

function message(now: number): Sample {
  return {
    id: '00060000000000000000000000000001',
    payload: '{"msg": "hello"}',
    topic: 't/a',
    qos: 1,
    flags: {},
    pub_props: { 'User-Property': { foo: 'bar' } },
    publish_received_at: now,
  };
}

function alarm(now: number): Sample {
  return {
    name: 'alarm_name',
    message: 'something is wrong',
    details: { key1: 'value1', key2: 'value2' },
    activated_at: now * 1000,
  };
}

/** Every kind of event that a test can stand for. */
export const sampleKinds: readonly SampleKind[] = [
  {
    type: 'message_publish',
    event: 'message.publish',
    topics: [],
    fields: PUBLISH_FIELDS,
    sample: (now) => ({ ...PUBLISHER, ...message(now) }),
  },
  kind('alarm_activated', 'alarm.activated', ['name', 'message', 'details', 'activated_at'], alarm),
  kind(
    'alarm_deactivated',
    'alarm.deactivated',
    ['name', 'message', 'details', 'activated_at', 'deactivated_at'],
    (now) => ({ ...alarm(now), deactivated_at: now * 1000 }),
  ),
  kind('message_delivered', 'message.delivered', DELIVERED_FIELDS, (now) => ({ ...message(now), ...RECEIVER })),
  kind('message_acked', 'message.acked', DELIVERED_FIELDS, (now) => ({
    ...message(now),
    ...RECEIVER,
    puback_props: { 'Reason-String': 'OK' },
  })),
  kind('message_dropped', 'message.dropped', [...PUBLISH_FIELDS, 'reason'], (now) => ({
    ...PUBLISHER,
    ...message(now),
    reason: 'no_subscribers',
  })),
  kind(
    'client_connected',
    'client.connected',
    'clientid username mountpoint peername sockname proto_name proto_ver keepalive clean_start expiry_interval is_bridge connected_at'.split(
      ' ',
    ),
    (now) => ({
      ...CONNECTION,
      mountpoint: undefined,
      keepalive: 60,
      clean_start: true,
      receive_maximum: 32,
      expiry_interval: 3600,
      is_bridge: false,
      conn_props: { 'Session-Expiry-Interval': 3600 },
      connected_at: now,
      client_attrs: { test: 'example' },
    }),
  ),
  kind(
    'client_disconnected',
    'client.disconnected',
    ['clientid', 'username', 'reason', 'peername', 'sockname', 'disconnected_at'],
    (now) => ({
      ...CONNECTION,
      reason: 'normal',
      disconn_props: { 'Reason-String': 'bye' },
      disconnected_at: now,
      connected_at: now - 60_000,
      client_attrs: { test: 'example' },
    }),
  ),
  kind(
    'client_connack',
    'client.connack',
    'reason_code clientid clean_start username peername sockname proto_name proto_ver keepalive expiry_interval connected_at'.split(
      ' ',
    ),
    (now) => ({
      ...CONNECTION,
      reason_code: 'success',
      clean_start: true,
      keepalive: 60,
      expiry_interval: 3_600_000,
      connected_at: now,
      conn_props: { 'Session-Expiry-Interval': 3600 },
    }),
  ),
  kind(
    'client_check_authz_complete',
    'client.check_authz_complete',
    ['clientid', 'username', 'peerhost', 'topic', 'action', 'authz_source', 'result'],
    () => ({ ...PUBLISHER, topic: 't/1', action: 'publish', authz_source: 'cache', result: 'allow' }),
  ),
  kind(
    'client_check_authn_complete',
    'client.check_authn_complete',
    ['clientid', 'username', 'reason_code', 'peername', 'is_anonymous', 'is_superuser'],
    () => ({
      clientid: 'c_emqx',
      username: 'u_emqx',
      peername: '192.168.0.10:32781',
      reason_code: 'success',
      is_anonymous: false,
      is_superuser: false,
      client_attrs: { test: 'example' },
    }),
  ),
  kind('session_subscribed', 'session.subscribed', MESSAGE_FIELDS, () => ({
    ...PUBLISHER,
    sub_props: { 'User-Property': { foo: 'bar' } },
    topic: 't/a',
    qos: 1,
  })),
  kind('session_unsubscribed', 'session.unsubscribed', MESSAGE_FIELDS, () => ({
    ...PUBLISHER,
    unsub_props: { 'User-Property': { foo: 'bar' } },
    topic: 't/a',
    qos: 1,
  })),
  kind('delivery_dropped', 'delivery.dropped', [...DELIVERED_FIELDS, 'reason'], (now) => ({
    ...message(now),
    ...RECEIVER,
    reason: 'queue_full',
  })),
  {
    type: '$bridges/mqtt:*',
    event: '$bridges/mqtt:*',
    topics: ['$bridges/mqtt:*'],
    fields: ['id', 'payload', 'topic', 'server', 'dup', 'retain', 'message_received_at', 'qos'],
    sample: (now) => ({
      id: '00060000000000000000000000000001',
      server: '192.168.0.10:1883',
      payload: '{"msg": "hello"}',
      topic: 't/a',
      qos: 1,
      dup: false,
      retain: false,
      pub_props: { 'User-Property': { foo: 'bar' } },
      message_received_at: now,
    }),
  },
  kind('schema_validation_failed', 'schema.validation_failed', [...MESSAGE_FIELDS, 'validation'], (now) => ({
    ...PUBLISHER,
    ...message(now),
    validation: 'my_validation',
  })),
  kind(
    'message_transformation_failed',
    'message.transformation_failed',
    [...MESSAGE_FIELDS, 'transformation'],
    (now) => ({ ...PUBLISHER, ...message(now), transformation: 'my_transformation' }),
  ),
];

function kind(type: string, event: string, fields: readonly string[], sample: (now: number) => Sample): SampleKind {
  const names = eventKinds.find((candidate) => candidate.event === event);
  const topics = [names?.topic, names?.oldTopic].filter((topic) => topic !== undefined);
  return { type, event, topics, fields, sample };
}
