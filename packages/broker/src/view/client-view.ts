import type { Traffic } from '../session/link.ts';
import type { Session } from '../session/session.ts';
import type { MqttSettings } from '../settings.ts';

/** One client as `GET /clients` shows it. */
export interface ClientView {
  readonly clientid: string;
  readonly username: string | null;
  readonly node: string;
  readonly listener: string | null;
  readonly ip_address: string | null;
  readonly port: number | null;
  readonly proto_name: string;
  readonly proto_ver: number;
  readonly connected: boolean;
  /** ms since the epoch, as all times here. */
  readonly connected_at: number;
  readonly disconnected_at: number | undefined;
  readonly created_at: number;
  readonly keepalive: number;
  readonly clean_start: boolean;
  readonly expiry_interval: number;
  readonly is_bridge: boolean;
  readonly is_expired: boolean;
  readonly is_persistent: boolean;
  readonly mountpoint: string | null;
  readonly client_attrs: Readonly<Record<string, string>>;
  readonly subscriptions_cnt: number;
  readonly subscriptions_max: number | 'infinity';
  readonly inflight_cnt: number;
  readonly inflight_max: number;
  readonly mqueue_len: number;
  readonly mqueue_max: number | 'infinity';
  readonly mqueue_dropped: number;
  readonly awaiting_rel_cnt: number;
  readonly awaiting_rel_max: number | 'infinity';
  readonly recv_cnt: number;
  readonly recv_oct: number;
  readonly recv_pkt: number;
  readonly recv_msg: number;
  readonly 'recv_msg.qos0': number;
  readonly 'recv_msg.qos1': number;
  readonly 'recv_msg.qos2': number;
  readonly 'recv_msg.dropped': number;
  readonly 'recv_msg.dropped.await_pubrel_timeout': number;
  readonly send_cnt: number;
  readonly send_oct: number;
  readonly send_pkt: number;
  readonly send_msg: number;
  readonly 'send_msg.qos0': number;
  readonly 'send_msg.qos1': number;
  readonly 'send_msg.qos2': number;
  readonly 'send_msg.dropped': number;
  readonly 'send_msg.dropped.expired': number;
  readonly 'send_msg.dropped.queue_full': number;
  readonly 'send_msg.dropped.too_large': number;
}

const NO_TRAFFIC: Traffic = { packets: 0, qos0: 0, qos1: 0, qos2: 0 };

export function viewClient(session: Session, node: string, settings: MqttSettings): ClientView {
  return { ...identity(session, node), ...limits(session, settings), ...traffic(session) };
}

function identity(session: Session, node: string) {
  const { info, link } = session;
  return {
    clientid: session.clientId,
    username: info.username ?? null,
    node,
    listener: link?.listenerId ?? null,
    ip_address: info.peerHost ?? null,
    port: info.peerPort ?? null,
    proto_name: info.protocolName,
    proto_ver: info.protocolVersion ?? 4,
    connected: session.isConnected,
    connected_at: info.connectedAt,
    disconnected_at: session.isConnected ? undefined : session.disconnectedAt,
    created_at: session.createdAt,
    keepalive: info.keepAlive,
    clean_start: info.cleanStart,
    expiry_interval: session.expiryInterval,
    is_bridge: info.isBridge,
    is_expired: false,
    is_persistent: session.expiryInterval > 0,
    mountpoint: info.mountpoint ?? null,
    client_attrs: info.attributes,
  };
}

function limits(session: Session, settings: MqttSettings) {
  return {
    subscriptions_cnt: session.subscriptions.size,
    subscriptions_max: limit(settings.maxSubscriptions),
    inflight_cnt: session.inflightCount,
    inflight_max: Math.min(settings.maxInflight, session.info.receiveMaximum),
    mqueue_len: session.queueLength,
    mqueue_max: limit(settings.maxMqueueLength),
    mqueue_dropped: session.drops.queueFull + session.drops.qos0,
    awaiting_rel_cnt: session.awaitingReleaseCount,
    awaiting_rel_max: limit(settings.maxAwaitingRel),
  };
}

function traffic(session: Session) {
  const { link, drops } = session;
  const received = link?.receivedTraffic ?? NO_TRAFFIC;
  const sent = link?.sent ?? NO_TRAFFIC;
  const receivedMessages = received.qos0 + received.qos1 + received.qos2;
  const sentMessages = sent.qos0 + sent.qos1 + sent.qos2;
  return {
    recv_cnt: received.packets,
    recv_oct: link?.bytesReceived ?? 0,
    recv_pkt: received.packets,
    recv_msg: receivedMessages,
    'recv_msg.qos0': received.qos0,
    'recv_msg.qos1': received.qos1,
    'recv_msg.qos2': received.qos2,
    'recv_msg.dropped': session.awaitingReleaseExpired,
    'recv_msg.dropped.await_pubrel_timeout': session.awaitingReleaseExpired,
    send_cnt: sent.packets + sentMessages,
    send_oct: link?.output.bytesWritten ?? 0,
    send_pkt: sent.packets + sentMessages,
    send_msg: sentMessages,
    'send_msg.qos0': sent.qos0,
    'send_msg.qos1': sent.qos1,
    'send_msg.qos2': sent.qos2,
    'send_msg.dropped': drops.total,
    'send_msg.dropped.expired': drops.expired,
    'send_msg.dropped.queue_full': drops.queueFull,
    'send_msg.dropped.too_large': drops.tooLarge,
  };
}

function limit(value: number): number | 'infinity' {
  return value === Number.POSITIVE_INFINITY ? 'infinity' : value;
}
