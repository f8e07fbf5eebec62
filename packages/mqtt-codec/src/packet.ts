/**
 * MQTT control packets as values. PUBLISH and the acknowledgements of the hot path do not pass through these types when
 * they are read; see `PacketReader`.
 */
export type ProtocolVersion = 3 | 4 | 5;
export type Qos = 0 | 1 | 2;

/** All properties of MQTT 5.0 (section 2.2.2.2) under EMQX's names in camel case. User properties keep their order and duplicates. */
export interface Properties {
  payloadFormatIndicator?: number;
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Buffer;
  subscriptionIdentifiers?: number[];
  sessionExpiryInterval?: number;
  assignedClientIdentifier?: string;
  serverKeepAlive?: number;
  authenticationMethod?: string;
  authenticationData?: Buffer;
  requestProblemInformation?: number;
  willDelayInterval?: number;
  requestResponseInformation?: number;
  responseInformation?: string;
  serverReference?: string;
  reasonString?: string;
  receiveMaximum?: number;
  topicAliasMaximum?: number;
  topicAlias?: number;
  maximumQos?: number;
  retainAvailable?: number;
  userProperties?: [string, string][];
  maximumPacketSize?: number;
  wildcardSubscriptionAvailable?: number;
  subscriptionIdentifierAvailable?: number;
  sharedSubscriptionAvailable?: number;
}

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties?: Properties;
}

export interface ConnectPacket {
  readonly type: 'connect';
  readonly protocolVersion: ProtocolVersion;
  /** Bit 7 of the protocol level byte: a bridge of Mosquitto or EMQX. */
  readonly isBridge: boolean;
  readonly cleanStart: boolean;
  readonly keepAlive: number;
  readonly clientId: string;
  readonly will?: Will;
  readonly username?: string;
  readonly password?: Buffer;
  readonly properties?: Properties;
}

export interface ConnackPacket {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  /** MQTT 5 reason code, or the 3.1.1 return code, as the version of the connection has it. */
  readonly reasonCode: number;
  readonly properties?: Properties;
}

export interface PublishPacket {
  readonly type: 'publish';
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Present exactly when `qos` > 0. */
  readonly packetId?: number;
  readonly properties?: Properties;
}

export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly packetId: number;
  /** 0 on 3.x. */
  readonly reasonCode: number;
  readonly properties?: Properties;
}

export interface Subscription {
  readonly topicFilter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

export interface SubscribePacket {
  readonly type: 'subscribe';
  readonly packetId: number;
  readonly subscriptions: readonly Subscription[];
  readonly properties?: Properties;
}

export interface SubackPacket {
  readonly type: 'suback';
  readonly packetId: number;
  readonly reasonCodes: readonly number[];
  readonly properties?: Properties;
}

export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly topicFilters: readonly string[];
  readonly properties?: Properties;
}

export interface UnsubackPacket {
  readonly type: 'unsuback';
  readonly packetId: number;
  /** Empty on 3.x. */
  readonly reasonCodes: readonly number[];
  readonly properties?: Properties;
}

export interface PingPacket {
  readonly type: 'pingreq' | 'pingresp';
}

export interface DisconnectPacket {
  readonly type: 'disconnect';
  readonly reasonCode: number;
  readonly properties?: Properties;
}

export interface AuthPacket {
  readonly type: 'auth';
  readonly reasonCode: number;
  readonly properties?: Properties;
}

export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingPacket
  | DisconnectPacket
  | AuthPacket;
