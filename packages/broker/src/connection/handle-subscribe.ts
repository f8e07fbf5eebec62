import { ReasonCode, type SubscribePacket, type Subscription, type UnsubscribePacket } from '@millrace/mqtt-codec';
import type { AuthorizationResult } from '../auth/ports.ts';
import { deliverRetained } from '../retain/deliver-retained.ts';
import { type SubscribeOutcome, subscribe, unsubscribe } from '../session/subscribe.ts';
import { parseFilter } from '../topic/topic-filter.ts';
import type { Connection } from './connection.ts';

/** Before MQTT 5 there is one way to fail [MQTT-3.9.3-2]. */
const FAILURE = 0x80;

/** SUBSCRIBE: each filter is answered on its own [MQTT-3.8.4-6]. */
export function handleSubscribe(connection: Connection, packet: SubscribePacket): void {
  if (connection.state !== 'connected') return refuseEarly(connection);
  const answers = packet.subscriptions.map((options) => askPermission(connection, options));
  if (answers.every((answer): answer is AuthorizationResult => !(answer instanceof Promise))) {
    subscribeAll(connection, packet, answers);
    return undefined;
  }
  connection.flow.defer(
    Promise.all(answers.map((answer) => Promise.resolve(answer))),
    (settled) => subscribeAll(connection, packet, settled),
    () => connection.close({ reason: 'internal_error', reasonCode: ReasonCode.unspecified_error }),
  );
  return undefined;
}

/** UNSUBSCRIBE is always acknowledged [MQTT-3.10.4-4]. */
export function handleUnsubscribe(connection: Connection, packet: UnsubscribePacket): void {
  if (connection.state !== 'connected') return refuseEarly(connection);
  const { context, session, info } = connection;
  const reasonCodes = packet.topicFilters.map((topicFilter) => {
    const existed = unsubscribe(context, session, topicFilter);
    if (existed) {
      context.hooks.emit.sessionUnsubscribed?.({ client: info, topicFilter, properties: packet.properties });
    }
    return existed ? ReasonCode.success : ReasonCode.no_subscription_existed;
  });
  connection.send({
    type: 'unsuback',
    packetId: packet.packetId,
    reasonCodes: connection.isVersion5 ? reasonCodes : [],
  });
  context.counters.unsubackSent += 1;
  return undefined;
}

function refuseEarly(connection: Connection): void {
  // [MQTT-3.1.0-1]
  connection.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
}

function askPermission(
  connection: Connection,
  { topicFilter, qos }: Subscription,
): AuthorizationResult | Promise<AuthorizationResult> {
  if (connection.isSuperuser || connection.context.auth.authorize === undefined) {
    return { result: 'allow', source: 'default' };
  }
  return connection.authorizations.ask('subscribe', parseFilter(topicFilter).filter, qos, false);
}

function subscribeAll(connection: Connection, packet: SubscribePacket, answers: readonly AuthorizationResult[]): void {
  const { context } = connection;
  const isNoLocalShared = packet.subscriptions.some(
    ({ noLocal, topicFilter }) => noLocal && parseFilter(topicFilter).group !== undefined,
  );
  if (isNoLocalShared) {
    // [MQTT-3.8.3-4]
    connection.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
    return;
  }
  if (answers.some(({ result, denyAction }) => result === 'deny' && denyAction === 'disconnect')) {
    context.counters.subscribeAuthError += 1;
    connection.close({ reason: 'not_authorized', reasonCode: ReasonCode.not_authorized });
    return;
  }
  const outcomes = packet.subscriptions.map((options, index) =>
    subscribeOne(connection, packet, options, answers[index]),
  );
  const reasonCodes = outcomes.map(({ reasonCode }) => grantedCode(connection, reasonCode));
  connection.send({ type: 'suback', packetId: packet.packetId, reasonCodes });
  context.counters.subackSent += 1;
  for (const { subscription, wantsRetained } of outcomes) {
    if (subscription !== undefined && wantsRetained) deliverRetained(context, connection.session, subscription);
  }
}

function subscribeOne(
  connection: Connection,
  packet: SubscribePacket,
  asked: Subscription,
  answer: AuthorizationResult | undefined,
): SubscribeOutcome {
  const { context, session, info } = connection;
  if (answer?.result === 'deny') {
    context.counters.subscribeAuthError += 1;
    return { reasonCode: ReasonCode.not_authorized, subscription: undefined, wantsRetained: false };
  }
  const options = adapt(connection, asked);
  const outcome = subscribe(context, session, options, packet.properties?.subscriptionIdentifiers?.[0]);
  if (outcome.subscription === undefined) context.counters.subscribeError += 1;
  else {
    const { topicFilter } = options;
    context.hooks.emit.sessionSubscribed?.({
      client: info,
      topicFilter,
      options: outcome.subscription.options,
      properties: packet.properties,
    });
  }
  return outcome;
}

/** What clients before MQTT 5 cannot say: bridges do not want their own messages back, and keep RETAIN. */
function adapt(connection: Connection, options: Subscription): Subscription {
  if (connection.isVersion5) return options;
  const { isBridge } = connection.info;
  const isShared = parseFilter(options.topicFilter).group !== undefined;
  const noLocal = (isBridge && !isShared) || connection.context.settings.ignoreLoopDeliver;
  return { ...options, noLocal, retainAsPublished: isBridge };
}

function grantedCode(connection: Connection, reasonCode: number): number {
  return connection.isVersion5 || reasonCode <= 2 ? reasonCode : FAILURE;
}
