import type { Qos } from '@millrace/mqtt-codec';
import type { SharedStrategy } from './topic/shared-group.ts';

/** The `mqtt` root of the configuration, parsed. Infinity means unlimited. */
export interface MqttSettings {
  /** Closes a connection that has not sent CONNECT. */
  readonly idleTimeoutMs: number;
  readonly maxPacketSize: number;
  readonly maxClientIdLength: number;
  readonly maxTopicLevels: number;
  /** Offered to clients for their publishes; 0 offers none. */
  readonly maxTopicAlias: number;
  readonly retainAvailable: boolean;
  readonly wildcardSubscription: boolean;
  readonly sharedSubscription: boolean;
  readonly sharedSubscriptionStrategy: SharedStrategy;
  readonly exclusiveSubscription: boolean;
  /** MQTT 3 clients never get their own messages. */
  readonly ignoreLoopDeliver: boolean;
  readonly responseInformation: string;
  /** Seconds; forces this keep-alive upon every client. */
  readonly serverKeepAlive: number | undefined;
  readonly keepAliveMultiplier: number;
  readonly useUsernameAsClientId: boolean;
  /** Seconds; for MQTT 3 clients without clean session, and the most a client gets. */
  readonly sessionExpiryInterval: number;
  /** Seconds; for messages that bring none, and the most a message gets. */
  readonly messageExpiryInterval: number;
  readonly maxAwaitingRel: number;
  readonly awaitRelTimeoutMs: number;
  readonly maxQosAllowed: Qos;
  readonly mqueueStoreQos0: boolean;
  readonly maxMqueueLength: number;
  /** Unacknowledged QoS 1 and 2 messages towards a client, and the Receive Maximum it is told. */
  readonly maxInflight: number;
  readonly maxSubscriptions: number;
  /** Delivers at the QoS of the subscription even when published lower. */
  readonly upgradeQos: boolean;
}

export const defaultMqttSettings: MqttSettings = {
  idleTimeoutMs: 15_000,
  maxPacketSize: 1_048_576,
  maxClientIdLength: 65_535,
  maxTopicLevels: 128,
  maxTopicAlias: 65_535,
  retainAvailable: true,
  wildcardSubscription: true,
  sharedSubscription: true,
  sharedSubscriptionStrategy: 'round_robin',
  exclusiveSubscription: false,
  ignoreLoopDeliver: false,
  responseInformation: '',
  serverKeepAlive: undefined,
  keepAliveMultiplier: 1.5,
  useUsernameAsClientId: false,
  sessionExpiryInterval: 7_200,
  messageExpiryInterval: Number.POSITIVE_INFINITY,
  maxAwaitingRel: 100,
  awaitRelTimeoutMs: 300_000,
  maxQosAllowed: 2,
  mqueueStoreQos0: true,
  maxMqueueLength: 1_000,
  maxInflight: 32,
  maxSubscriptions: Number.POSITIVE_INFINITY,
  upgradeQos: false,
};

/** The `retainer` root of the configuration, parsed. */
export interface RetainerSettings {
  readonly enable: boolean;
  /** For messages that bring no expiry of their own; 0 is never. */
  readonly messageExpiryMs: number;
  readonly maxPayloadSize: number;
  /** 0 is unlimited. */
  readonly maxRetainedMessages: number;
  /** An empty payload only deletes and is not forwarded to subscribers. */
  readonly stopPublishClearMessage: boolean;
}

export const defaultRetainerSettings: RetainerSettings = {
  enable: true,
  messageExpiryMs: 0,
  maxPayloadSize: 1_048_576,
  maxRetainedMessages: 0,
  stopPublishClearMessage: false,
};

/** The `sys_topics` root of the configuration, parsed; 0 turns the messages off. */
export interface SysSettings {
  readonly heartbeatIntervalMs: number;
  readonly messageIntervalMs: number;
  readonly clientConnected: boolean;
  readonly clientDisconnected: boolean;
  readonly clientSubscribed: boolean;
  readonly clientUnsubscribed: boolean;
}

export const defaultSysSettings: SysSettings = {
  heartbeatIntervalMs: 30_000,
  messageIntervalMs: 60_000,
  clientConnected: true,
  clientDisconnected: true,
  clientSubscribed: false,
  clientUnsubscribed: false,
};
