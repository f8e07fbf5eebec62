import type {
  Authenticated,
  Authorized,
  ClientConnack,
  ClientConnected,
  ClientDisconnected,
  ClientInfo,
  DeliveryDropped,
  Message,
  MessageAcked,
  MessageDelivered,
  MessageDropped,
  Publisher,
  SessionSubscribed,
  SessionUnsubscribed,
} from '@millrace/broker';
import type { Value } from '@millrace/values';
import type { Column, Columns } from './input.ts';
import { propertiesColumn } from './properties.ts';

type Table<E> = Readonly<Record<string, Column<E>>>;

/** Columns of a published message. */
export const messagePublish: Columns<Message> = table('message.publish', {
  ...messageColumns((message: Message) => message),
  ...publisherColumns((message: Message) => message.publisher),
});

export const messageDelivered: Columns<MessageDelivered> = table('message.delivered', receiverColumns());

export const messageAcked: Columns<MessageAcked> = table('message.acked', {
  ...receiverColumns<MessageAcked>(),
  puback_props: () => ({}),
});

export const messageDropped: Columns<MessageDropped> = table('message.dropped', {
  reason: (event) => event.reason,
  ...messageColumns((event: MessageDropped) => event.message),
  ...publisherColumns((event: MessageDropped) => event.message.publisher),
});

export const deliveryDropped: Columns<DeliveryDropped> = table('delivery.dropped', {
  reason: (event) => event.reason,
  ...receiverColumns<DeliveryDropped>(),
});

export const clientConnected: Columns<ClientConnected> = table('client.connected', {
  ...connectionColumns<ClientConnected>(),
  mountpoint: ({ client }) => client.mountpoint,
  keepalive: ({ client }) => client.keepAlive,
  clean_start: ({ client }) => client.cleanStart,
  receive_maximum: ({ client }) => client.receiveMaximum,
  expiry_interval: ({ client }) => client.sessionExpiryInterval,
  is_bridge: ({ client }) => client.isBridge,
  conn_props: ({ client }) => propertiesColumn(client.connectProperties),
  connected_at: ({ client }) => client.connectedAt,
  client_attrs: ({ client }) => client.attributes,
});

export const clientDisconnected: Columns<ClientDisconnected> = table('client.disconnected', {
  reason: (event) => event.reason,
  ...connectionColumns<ClientDisconnected>(),
  disconn_props: (event) => propertiesColumn(event.disconnectProperties),
  disconnected_at: (event) => event.disconnectedAt,
  connected_at: ({ client }) => client.connectedAt,
  client_attrs: ({ client }) => client.attributes,
});

export const clientConnack: Columns<ClientConnack> = table('client.connack', {
  reason_code: (event) => event.reasonCode,
  ...connectionColumns<ClientConnack>(),
  clean_start: ({ client }) => client.cleanStart,
  keepalive: ({ client }) => client.keepAlive,
  // milliseconds here, seconds in client.connected
  expiry_interval: ({ client }) => client.sessionExpiryInterval * 1000,
  connected_at: ({ client }) => client.connectedAt,
  conn_props: ({ client }) => propertiesColumn(client.connectProperties),
});

export const clientCheckAuthzComplete: Columns<Authorized> = table('client.check_authz_complete', {
  ...publisherColumns((event: Authorized) => event.client),
  topic: (event) => event.topic,
  action: (event) => event.action,
  authz_source: (event) => event.source,
  result: (event) => event.result,
});

export const clientCheckAuthnComplete: Columns<Authenticated> = table('client.check_authn_complete', {
  clientid: ({ client }) => client.clientId,
  username: ({ client }) => client.username,
  peername: ({ client }) => address(client.peerHost, client.peerPort),
  reason_code: (event) => event.reasonCode,
  is_anonymous: (event) => event.isAnonymous,
  is_superuser: (event) => event.isSuperuser,
  client_attrs: ({ client }) => client.attributes,
});

export const sessionSubscribed: Columns<SessionSubscribed> = table('session.subscribed', {
  ...publisherColumns((event: SessionSubscribed) => event.client),
  sub_props: (event) => propertiesColumn(event.properties),
  topic: (event) => event.topicFilter,
  qos: (event) => event.options.qos,
});

export const sessionUnsubscribed: Columns<SessionUnsubscribed> = table('session.unsubscribed', {
  ...publisherColumns((event: SessionUnsubscribed) => event.client),
  unsub_props: (event) => propertiesColumn(event.properties),
  topic: (event) => event.topicFilter,
  qos: () => undefined,
});

function table<E>(event: string, columns: Table<E>): Columns<E> {
  return new Map<string, Column<E>>([
    ['event', () => event],
    ['timestamp', (_, input) => input.timestamp],
    ['node', (_, input) => input.node],
    ['metadata', (_, input) => ({ rule_id: input.ruleId })],
    ...Object.entries(columns),
  ]);
}

function messageColumns<E>(of: (event: E) => Message): Table<E> {
  return {
    id: (event) => of(event).id,
    payload: (event) => of(event).payload,
    topic: (event) => of(event).topic,
    qos: (event) => of(event).qos,
    flags: (event) => ({ retain: of(event).retain, dup: of(event).dup }),
    pub_props: (event) => propertiesColumn(of(event).properties),
    publish_received_at: (event) => of(event).timestamp,
  };
}

function publisherColumns<E>(of: (event: E) => Publisher): Table<E> {
  return {
    clientid: (event) => of(event).clientId,
    username: (event) => of(event).username,
    peerhost: (event) => of(event).peerHost,
    peername: (event) => address(of(event).peerHost, of(event).peerPort),
    client_attrs: (event) => of(event).attributes,
  };
}

/** A message at a subscriber: `clientid` and the addresses are the receiver's, `from_…` the publisher's. */
function receiverColumns<E extends { readonly message: Message; readonly receiver: ClientInfo }>(): Table<E> {
  return {
    ...messageColumns((event: E) => event.message),
    from_clientid: ({ message }) => message.publisher.clientId,
    from_username: ({ message }) => message.publisher.username,
    clientid: ({ receiver }) => receiver.clientId,
    username: ({ receiver }) => receiver.username,
    peerhost: ({ receiver }) => receiver.peerHost,
    peername: ({ receiver }) => address(receiver.peerHost, receiver.peerPort),
  };
}

function connectionColumns<E extends { readonly client: ClientInfo }>(): Table<E> {
  return {
    clientid: ({ client }) => client.clientId,
    username: ({ client }) => client.username,
    peername: ({ client }) => address(client.peerHost, client.peerPort),
    sockname: ({ client }) => address(client.localHost, client.localPort),
    proto_name: ({ client }) => client.protocolName,
    proto_ver: ({ client }) => client.protocolVersion,
  };
}

/** `IP:PORT`, IPv6 in brackets; undefined for publishers that are no network clients. */
function address(host: string | undefined, port: number | undefined): Value {
  if (host === undefined || port === undefined) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
