import { eventKinds } from '../event/kinds.ts';
import { type SampleKind, sampleKinds } from './samples.ts';

/** A text in the languages of the dashboard. */
export interface Localized {
  readonly en: string;
  readonly zh: string;
}

/** One kind of event as `GET /rule_events` lists it. */
export interface EventDescription {
  /** Topic to put in FROM. */
  readonly event: string;
  readonly title: Localized;
  readonly description: Localized;
  readonly columns: readonly string[];
  /** For the test form: field name to sample value and hint. */
  readonly test_columns: Readonly<Record<string, readonly [unknown, string]>>;
  readonly sql_example: string;
}

type Texts = readonly [title: Localized, description: Localized];

const TEXTS: Readonly<Record<string, Texts>> = {
  message_publish: texts(['message publish', '消息发布'], ['A message is published', '有消息发布']),
  alarm_activated: texts(['alarm activated', '告警激活'], ['An alarm is raised', '告警触发']),
  alarm_deactivated: texts(['alarm deactivated', '告警解除'], ['An alarm is cleared', '告警解除']),
  message_delivered: texts(
    ['message delivered', '消息投递'],
    ['A message is handed to a subscriber', '消息投递给订阅者'],
  ),
  message_acked: texts(['message acked', '消息确认'], ['A subscriber has acknowledged a message', '订阅者确认了消息']),
  message_dropped: texts(
    ['message discarded', '消息丢弃'],
    ['A message is dropped in routing, for instance without subscribers', '消息在路由时被丢弃'],
  ),
  client_connected: texts(['client connected', '连接建立'], ['A client has connected', '客户端已连接']),
  client_disconnected: texts(
    ['client disconnected', '连接断开'],
    ['The connection of a client is closed', '客户端连接已关闭'],
  ),
  client_connack: texts(
    ['client connack', '连接确认'],
    ['A CONNACK is about to be sent, success or error', '服务端即将发送 CONNACK'],
  ),
  client_check_authz_complete: texts(
    ['client check authz complete', '授权检查完成'],
    ['A permission to publish or subscribe was decided', '发布或订阅权限检查完成'],
  ),
  client_check_authn_complete: texts(
    ['client check authn complete', '认证检查完成'],
    ['The authentication of a client has finished', '客户端认证完成'],
  ),
  session_subscribed: texts(
    ['session subscribed', '会话订阅完成'],
    ['A topic filter was subscribed', '会话订阅了主题'],
  ),
  session_unsubscribed: texts(
    ['session unsubscribed', '会话取消订阅完成'],
    ['A topic filter was unsubscribed', '会话取消了订阅'],
  ),
  delivery_dropped: texts(
    ['delivery dropped', '消息投递丢弃'],
    ['A message was dropped for one subscriber', '消息在投递给某个订阅者时被丢弃'],
  ),
  '$bridges/mqtt:*': texts(
    ['MQTT source', 'MQTT 数据源'],
    ['An MQTT source has received a message', 'MQTT 数据源收到消息'],
  ),
  schema_validation_failed: texts(
    ['schema validation failed', '消息验证失败'],
    ['A schema validation has rejected a message', '消息未通过验证'],
  ),
  message_transformation_failed: texts(
    ['message transformation failed', '消息转换失败'],
    ['A message transformation has failed', '消息转换失败'],
  ),
};

/** All kinds of events with their columns and an example, in the order of the dashboard's list. */
export function describeEvents(now: number): readonly EventDescription[] {
  return sampleKinds.map((kind) => describe(kind, now));
}

function describe(kind: SampleKind, now: number): EventDescription {
  const [title, description] = TEXTS[kind.type]!;
  const sample = kind.sample(now);
  const event = eventTopic(kind);
  const hints = kind.fields.map((field) => [field, [sample[field] ?? '', hintOf(field)]] as const);
  return {
    event,
    title,
    description,
    columns: ['event', 'timestamp', 'node', ...Object.keys(sample), 'metadata'],
    test_columns: Object.fromEntries(hints),
    sql_example: `SELECT\n  *\nFROM\n  "${kind.type === 'message_publish' ? 't/#' : event}"`,
  };
}

function eventTopic(kind: SampleKind): string {
  if (kind.type === 'message_publish') return '$events/message_publish';
  const names = eventKinds.find((candidate) => candidate.event === kind.event);
  return names?.oldTopic ?? names?.topic ?? kind.type;
}

/** `peerhost` → `Peerhost`, `connected_at` → `Connected at`. */
function hintOf(field: string): string {
  const words = field
    .replaceAll('_', ' ')
    .replace('clientid', 'client ID')
    .replace(/^qos$/, 'QoS')
    .replace(/^id$/, 'message ID');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function texts(title: readonly [string, string], description: readonly [string, string]): Texts {
  return [
    { en: title[0], zh: title[1] },
    { en: description[0], zh: description[1] },
  ];
}
