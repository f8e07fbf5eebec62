import type { Properties, Subscription } from '@millrace/mqtt-codec';
import type { AckGate, Message, Publisher } from '../message.ts';

/**
 * Chosen once per topic name and cached until `Hooks.invalidateTopics`: what shall happen to messages on it. Undefined
 * means "nothing", and such topics cost nothing per message.
 */
export type TopicHook = (topic: string) => MessageHandler | undefined;

/** Runs for each message before it is routed. The answered gate holds the publisher's acknowledgement back. */
export type MessageHandler = (message: Message) => AckGate | undefined;

/** Events of clients, sessions and messages. Handlers are plain synchronous calls; what they throw is logged and goes no further. */
export interface HookEvents {
  clientConnected: (event: ClientConnected) => void;
  clientDisconnected: (event: ClientDisconnected) => void;
  clientConnack: (event: ClientConnack) => void;
  sessionSubscribed: (event: SessionSubscribed) => void;
  sessionUnsubscribed: (event: SessionUnsubscribed) => void;
  messageDelivered: (event: MessageDelivered) => void;
  messageAcked: (event: MessageAcked) => void;
  messageDropped: (event: MessageDropped) => void;
  deliveryDropped: (event: DeliveryDropped) => void;
  authenticated: (event: Authenticated) => void;
  authorized: (event: Authorized) => void;
}

export interface ClientInfo extends Publisher {
  readonly mountpoint: string | undefined;
  readonly localHost: string | undefined;
  readonly localPort: number | undefined;
  /** `MQTT` or `MQIsdp`. */
  readonly protocolName: string;
  readonly keepAlive: number;
  readonly cleanStart: boolean;
  readonly receiveMaximum: number;
  /** Seconds. */
  readonly sessionExpiryInterval: number;
  readonly isBridge: boolean;
  /** ms since the epoch. */
  readonly connectedAt: number;
  readonly connectProperties: Properties | undefined;
}

export interface ClientConnected {
  readonly client: ClientInfo;
}

export interface ClientDisconnected {
  readonly client: ClientInfo;
  /** `normal`, `kicked`, `keepalive_timeout`, `not_authorized`, `tcp_closed`, `discarded`, `takenover`, `internal_error`, … */
  readonly reason: string;
  readonly disconnectedAt: number;
  readonly disconnectProperties: Properties | undefined;
}

export interface ClientConnack {
  readonly client: ClientInfo;
  /** MQTT 5 name, e.g. `success`, or 3.1.1 name, e.g. `connection_accepted`. */
  readonly reasonCode: string;
}

export interface SessionSubscribed {
  readonly client: ClientInfo;
  /** Full form, `$share/g/t` included. */
  readonly topicFilter: string;
  readonly options: Subscription;
  readonly properties: Properties | undefined;
}

export interface SessionUnsubscribed {
  readonly client: ClientInfo;
  readonly topicFilter: string;
  readonly properties: Properties | undefined;
}

export interface MessageDelivered {
  readonly message: Message;
  readonly receiver: ClientInfo;
}

export interface MessageAcked {
  readonly message: Message;
  readonly receiver: ClientInfo;
}

export interface MessageDropped {
  readonly message: Message;
  /** `no_subscribers`, `receive_maximum_exceeded`, `packet_identifier_inuse`. */
  readonly reason: string;
}

export interface DeliveryDropped {
  readonly message: Message;
  readonly receiver: ClientInfo;
  /** `queue_full`, `no_local`, `expired`, `qos0_msg`, `too_large`. */
  readonly reason: string;
}

export interface Authenticated {
  readonly client: ClientInfo;
  readonly reasonCode: string;
  readonly isAnonymous: boolean;
  readonly isSuperuser: boolean;
}

export interface Authorized {
  readonly client: ClientInfo;
  readonly action: 'publish' | 'subscribe';
  readonly topic: string;
  readonly source: string;
  readonly result: 'allow' | 'deny';
}

/** The one place where the rest of the node listens in. Nobody registered costs nothing. */
export interface Hooks {
  /** Adds a topic hook; the answer removes it. Several hooks may want one topic; all run, in the order of registration. */
  onPublish(hook: TopicHook): () => void;
  /** Asks all topic hooks again, for each topic when it is next published to. Called when rules change. */
  invalidateTopics(): void;
  on<K extends keyof HookEvents>(event: K, handler: HookEvents[K]): () => void;
  /** Runs at the end of each event-loop turn that has output, before anything is written to sockets: the moment for group commits. */
  beforeFlush(callback: () => void): () => void;
}
