import type { Properties, Qos } from '@millrace/mqtt-codec';

/** Who published: a client's connection, or a part of the node (a rule, the REST API, a source). */
export interface Publisher {
  readonly clientId: string;
  readonly username: string | undefined;
  /** IP text; undefined when the publisher is no network client. */
  readonly peerHost: string | undefined;
  readonly peerPort: number | undefined;
  readonly protocolVersion: number | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message on its way through the broker. Hooks get it before routing. */
export interface Message {
  /** 32 hex digits, made when first asked for. */
  readonly id: string;
  readonly topic: string;
  /** Bytes in the receive buffer: valid until the hook returns. Call `keep` to hold the message longer. */
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Decoded when first asked for; undefined when there are none. Without topic alias. */
  readonly properties: Properties | undefined;
  readonly publisher: Publisher;
  /** When the broker received it, ms since the epoch. */
  readonly timestamp: number;
  /** Id of the rule that republished it, else undefined: the loop guard. */
  readonly origin: string | undefined;
  /** The same message with a payload of its own; idempotent. */
  keep(): Message;
}

/** A publish made inside the node. */
export interface PublishRequest {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly qos?: Qos;
  readonly retain?: boolean;
  readonly dup?: boolean;
  readonly properties?: Properties;
  readonly publisher: Publisher;
  readonly origin?: string;
  /** Deliver to subscribers only: no hooks, no retained message. */
  readonly direct?: boolean;
}

export interface PublishResult {
  readonly id: string;
  /** Receivers the message was handed to or queued for. */
  readonly receivers: number;
  /** What the publisher has to wait for before it may take the message as accepted; undefined: nothing. */
  readonly gate: AckGate | undefined;
}

/**
 * Something the acknowledgement of a publish waits for (a durable write, an answer of a sink). Implementations live
 * outside; many messages usually share one gate (a group commit). The broker keeps acknowledgements of one connection in
 * the order of the publishes [MQTT-4.6.0-2] and holds back those behind a closed gate.
 */
export interface AckGate {
  readonly isOpen: boolean;
  /** Calls back once, when the gate opens (at once when it is open). Gates never fail: until it is safe they stay closed. */
  whenOpen(callback: () => void): void;
}
