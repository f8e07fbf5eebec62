export type {
  Authenticate,
  AuthenticationResult,
  AuthorizationRequest,
  AuthorizationResult,
  Authorize,
  Credentials,
} from './auth/ports.ts';
export { Broker, type BrokerOptions } from './broker.ts';
export type {
  Authenticated,
  Authorized,
  ClientConnack,
  ClientConnected,
  ClientDisconnected,
  ClientInfo,
  DeliveryDropped,
  HookEvents,
  Hooks,
  MessageAcked,
  MessageDelivered,
  MessageDropped,
  MessageHandler,
  SessionSubscribed,
  SessionUnsubscribed,
  TopicHook,
} from './hook/hooks.ts';
export type { Listener, ListenerConfig, ListenerType, TlsSettings } from './listener/listener.ts';
export { type Log, silentLog } from './log.ts';
export type { AckGate, Message, Publisher, PublishRequest, PublishResult } from './message.ts';
export type { RetainedMessage, RetainedStore } from './retain/retained-store.ts';
export {
  defaultMqttSettings,
  defaultRetainerSettings,
  defaultSysSettings,
  type MqttSettings,
  type RetainerSettings,
  type SysSettings,
} from './settings.ts';
export { SHARED_STRATEGIES, type SharedStrategy } from './topic/shared-group.ts';
export { matchesFilter } from './topic/topic-filter.ts';
export type { ClientView } from './view/client-view.ts';
export type { SubscriptionView } from './view/subscription-view.ts';
