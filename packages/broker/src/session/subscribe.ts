import { type Qos, ReasonCode, type Subscription, topicFilterError } from '@millrace/mqtt-codec';
import type { Context } from '../context.ts';
import { countLevels, type ParsedFilter, parseFilter } from '../topic/topic-filter.ts';
import type { Session } from './session.ts';
import { SessionSubscription } from './session-subscription.ts';

export interface SubscribeOutcome {
  /** MQTT 5 reason code: the granted QoS, or why not. */
  readonly reasonCode: number;
  readonly subscription: SessionSubscription | undefined;
  /** Retained messages are due. */
  readonly wantsRetained: boolean;
}

/** Adds a subscription to a session, or replaces the one with the same filter [MQTT-3.8.4-3]. */
export function subscribe(
  context: Context,
  session: Session,
  options: Subscription,
  identifier: number | undefined,
): SubscribeOutcome {
  const refusal = findRefusal(context, session, options);
  if (refusal !== undefined) return { reasonCode: refusal, subscription: undefined, wantsRetained: false };
  const { settings, table, topics } = context;
  const qos: Qos = options.qos < settings.maxQosAllowed ? options.qos : settings.maxQosAllowed;
  const full = options.topicFilter;
  const earlier = session.subscriptions.get(full);
  if (earlier !== undefined) table.remove(full, earlier);
  let subscription: SessionSubscription | undefined;
  table.add(full, (group) => {
    subscription = new SessionSubscription(session, { ...options, qos }, identifier, group);
    return subscription;
  });
  session.subscriptions.set(full, subscription!); // table.add has called back
  topics.invalidateFilter(full);
  context.counters.clientSubscribe += 1;
  return { reasonCode: qos, subscription, wantsRetained: isRetainedDue(options, earlier !== undefined) };
}

/** Removes a subscription; answers whether there was one. */
export function unsubscribe(context: Context, session: Session, full: string): boolean {
  context.counters.clientUnsubscribe += 1;
  const subscription = session.subscriptions.get(full);
  if (subscription === undefined) return false;
  session.subscriptions.delete(full);
  context.table.remove(full, subscription);
  context.topics.invalidateFilter(full);
  return true;
}

function findRefusal(context: Context, session: Session, options: Subscription): number | undefined {
  const { settings, table } = context;
  if (topicFilterError(options.topicFilter) !== undefined) return ReasonCode.topic_filter_invalid;
  const parsed = parseFilter(options.topicFilter);
  if (countLevels(parsed.filter) > settings.maxTopicLevels) return ReasonCode.topic_filter_invalid;
  if (parsed.hasWildcard && !settings.wildcardSubscription) return ReasonCode.wildcard_subscriptions_not_supported;
  if (parsed.group !== undefined && !settings.sharedSubscription) return ReasonCode.shared_subscriptions_not_supported;
  const isNew = !session.subscriptions.has(options.topicFilter);
  if (isNew && session.subscriptions.size >= settings.maxSubscriptions) return ReasonCode.quota_exceeded;
  return parsed.isExclusive ? findExclusiveRefusal(parsed, settings.exclusiveSubscription, isNew, table) : undefined;
}

function findExclusiveRefusal(
  parsed: ParsedFilter,
  isEnabled: boolean,
  isNew: boolean,
  table: Context['table'],
): number | undefined {
  if (!isEnabled || parsed.hasWildcard) return ReasonCode.topic_filter_invalid;
  return isNew && table.hasExclusive(parsed.filter) ? ReasonCode.quota_exceeded : undefined;
}

function isRetainedDue(options: Subscription, isRepeated: boolean): boolean {
  // Shared subscriptions get no retained messages.
  if (parseFilter(options.topicFilter).group !== undefined) return false;
  // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
  return options.retainHandling === 0 || (options.retainHandling === 1 && !isRepeated);
}
