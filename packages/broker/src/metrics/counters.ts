/** EMQX's metric names, by the field that counts them. */
const METRIC_NAMES = {
  bytesReceived: 'bytes.received',
  bytesSent: 'bytes.sent',
  connectReceived: 'packets.connect.received',
  connackSent: 'packets.connack.sent',
  connackError: 'packets.connack.error',
  connackAuthError: 'packets.connack.auth_error',
  publishInUse: 'packets.publish.inuse',
  publishError: 'packets.publish.error',
  publishAuthError: 'packets.publish.auth_error',
  publishDropped: 'packets.publish.dropped',
  pubackReceived: 'packets.puback.received',
  pubackSent: 'packets.puback.sent',
  pubackInUse: 'packets.puback.inuse',
  pubackMissed: 'packets.puback.missed',
  pubrecReceived: 'packets.pubrec.received',
  pubrecSent: 'packets.pubrec.sent',
  pubrecInUse: 'packets.pubrec.inuse',
  pubrecMissed: 'packets.pubrec.missed',
  pubrelReceived: 'packets.pubrel.received',
  pubrelSent: 'packets.pubrel.sent',
  pubrelMissed: 'packets.pubrel.missed',
  pubcompReceived: 'packets.pubcomp.received',
  pubcompSent: 'packets.pubcomp.sent',
  pubcompInUse: 'packets.pubcomp.inuse',
  pubcompMissed: 'packets.pubcomp.missed',
  subscribeReceived: 'packets.subscribe.received',
  subscribeError: 'packets.subscribe.error',
  subscribeAuthError: 'packets.subscribe.auth_error',
  subackSent: 'packets.suback.sent',
  unsubscribeReceived: 'packets.unsubscribe.received',
  unsubscribeError: 'packets.unsubscribe.error',
  unsubackSent: 'packets.unsuback.sent',
  pingreqReceived: 'packets.pingreq.received',
  pingrespSent: 'packets.pingresp.sent',
  disconnectReceived: 'packets.disconnect.received',
  disconnectSent: 'packets.disconnect.sent',
  authReceived: 'packets.auth.received',
  authSent: 'packets.auth.sent',
  qos0Received: 'messages.qos0.received',
  qos1Received: 'messages.qos1.received',
  qos2Received: 'messages.qos2.received',
  qos0Sent: 'messages.qos0.sent',
  qos1Sent: 'messages.qos1.sent',
  qos2Sent: 'messages.qos2.sent',
  messagesPublish: 'messages.publish',
  droppedAwaitPubrelTimeout: 'messages.dropped.await_pubrel_timeout',
  droppedNoSubscribers: 'messages.dropped.no_subscribers',
  droppedReceiveMaximum: 'messages.dropped.receive_maximum',
  messagesForward: 'messages.forward',
  messagesDelayed: 'messages.delayed',
  messagesAcked: 'messages.acked',
  messagesPersisted: 'messages.persisted',
  validationSucceeded: 'messages.validation_succeeded',
  validationFailed: 'messages.validation_failed',
  transformationSucceeded: 'messages.transformation_succeeded',
  transformationFailed: 'messages.transformation_failed',
  deliveryNoLocal: 'delivery.dropped.no_local',
  deliveryTooLarge: 'delivery.dropped.too_large',
  deliveryQos0: 'delivery.dropped.qos0_msg',
  deliveryQueueFull: 'delivery.dropped.queue_full',
  deliveryExpired: 'delivery.dropped.expired',
  clientConnect: 'client.connect',
  clientConnack: 'client.connack',
  clientConnected: 'client.connected',
  clientAuthenticate: 'client.authenticate',
  clientAnonymous: 'client.auth.anonymous',
  clientAuthorize: 'client.authorize',
  clientSubscribe: 'client.subscribe',
  clientUnsubscribe: 'client.unsubscribe',
  clientDisconnected: 'client.disconnected',
  sessionCreated: 'session.created',
  sessionResumed: 'session.resumed',
  sessionTakenOver: 'session.takenover',
  sessionDiscarded: 'session.discarded',
  sessionTerminated: 'session.terminated',
  authorizationAllow: 'authorization.allow',
  authorizationDeny: 'authorization.deny',
  authorizationCacheHit: 'authorization.cache_hit',
  authorizationCacheMiss: 'authorization.cache_miss',
  authorizationSuperuser: 'authorization.superuser',
  authenticationSuccess: 'authentication.success',
  authenticationAnonymous: 'authentication.success.anonymous',
  authenticationFailure: 'authentication.failure',
} as const;

/** Names that are reported for compatibility and counted nowhere. */
const UNUSED_METRICS = [
  'overload_protection.delay.ok',
  'overload_protection.delay.timeout',
  'overload_protection.hibernation',
  'overload_protection.gc',
  'overload_protection.new_conn',
] as const;

type Field = keyof typeof METRIC_NAMES;
const FIELDS = Object.keys(METRIC_NAMES) as Field[];

/** One plain number for each metric; the hot path adds to its fields. Sums are made when someone asks. */
export type Counters = { [K in Field]: number } & {
  /** PUBLISH packets that were sent again after a reconnect. */
  resent: number;
};

export function createCounters(): Counters {
  const counters = { ...METRIC_NAMES, resent: 0 } as Record<Field, unknown>;
  for (const field of FIELDS) counters[field] = 0;
  return counters as Counters;
}

/** All metrics under EMQX's names, the sums included. */
export function nameMetrics(counters: Counters): Record<string, number> {
  const named: Record<string, number> = {};
  for (const field of FIELDS) named[METRIC_NAMES[field]] = counters[field];
  for (const name of UNUSED_METRICS) named[name] = 0;
  const received = counters.qos0Received + counters.qos1Received + counters.qos2Received;
  const sent = counters.qos0Sent + counters.qos1Sent + counters.qos2Sent;
  named['messages.received'] = received;
  named['packets.publish.received'] = received + counters.publishError;
  named['messages.sent'] = sent;
  named['packets.publish.sent'] = sent;
  named['messages.delivered'] = sent - counters.resent;
  named['messages.dropped'] =
    counters.droppedNoSubscribers + counters.droppedAwaitPubrelTimeout + counters.droppedReceiveMaximum;
  named['delivery.dropped'] =
    counters.deliveryNoLocal +
    counters.deliveryTooLarge +
    counters.deliveryQos0 +
    counters.deliveryQueueFull +
    counters.deliveryExpired;
  named['packets.received'] = sumPackets(named, 'received');
  named['packets.sent'] = sumPackets(named, 'sent');
  return named;
}

function sumPackets(named: Readonly<Record<string, number>>, direction: 'received' | 'sent'): number {
  let sum = 0;
  for (const [name, value] of Object.entries(named)) {
    if (name.startsWith('packets.') && name.endsWith(`.${direction}`) && name.split('.').length === 3) sum += value;
  }
  return sum;
}
