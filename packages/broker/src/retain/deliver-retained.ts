import type { Context } from '../context.ts';
import type { Publication } from '../delivery/publication.ts';
import type { Session } from '../session/session.ts';
import type { SessionSubscription } from '../session/session-subscription.ts';
import { WheelTimer } from '../session/timer-wheel.ts';
import { parseFilter } from '../topic/topic-filter.ts';

/** Sends the stored messages that a new subscription asks for [MQTT-3.3.1-9], as fast as the client takes them. */
export function deliverRetained(context: Context, session: Session, subscription: SessionSubscription): void {
  const { filter } = parseFilter(subscription.options.topicFilter);
  const messages = context.retained.match(filter);
  if (messages.length > 0) deliverFrom(context, session, subscription, messages, 0);
}

/** A queue takes only so many: the rest follows when there is room, so that none is dropped. */
function deliverFrom(
  context: Context,
  session: Session,
  subscription: SessionSubscription,
  messages: readonly Publication[],
  from: number,
): void {
  let next = from;
  while (next < messages.length && session.hasRoom) {
    const publication = messages[next]!; // in range
    next += 1;
    if (!publication.isExpired(context.clock.now)) session.deliverRetained(publication, subscription);
  }
  const { topicFilter } = subscription.options;
  if (next === messages.length || session.subscriptions.get(topicFilter) !== subscription) return;
  const proceed = () => deliverFrom(context, session, subscription, messages, next);
  // Either the turn has gathered enough, or the client has to acknowledge or read first.
  if (session.queueLength === 0 && session.link?.output.isBlocked === false) setImmediate(proceed);
  else context.wheel.schedule(new WheelTimer(proceed), 0);
}
