import type { SessionSubscription } from '../session/session-subscription.ts';

/** One subscription as `GET /subscriptions` shows it. */
export interface SubscriptionView {
  readonly node: string;
  readonly clientid: string;
  /** Full form, `$share/g/t` included. */
  readonly topic: string;
  readonly qos: number;
  readonly nl: number;
  readonly rap: number;
  readonly rh: number;
  readonly durable: boolean;
}

export function viewSubscription(clientid: string, { options }: SessionSubscription, node: string): SubscriptionView {
  return {
    node,
    clientid,
    topic: options.topicFilter,
    qos: options.qos,
    nl: options.noLocal ? 1 : 0,
    rap: options.retainAsPublished ? 1 : 0,
    rh: options.retainHandling,
    durable: false,
  };
}
