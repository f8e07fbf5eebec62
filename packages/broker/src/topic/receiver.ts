import type { Qos } from '@millrace/mqtt-codec';
import type { Publication } from '../delivery/publication.ts';
import type { SharedGroup } from './shared-group.ts';

/** What the router knows of a session. */
export interface Subscriber {
  readonly clientId: string;
  readonly isConnected: boolean;
  /** Takes a message: sends it, queues it, or drops and counts it. */
  deliver(publication: Publication, receiver: Receiver): void;
}

/** One delivery that a message on a topic causes, with the options that hold for it. */
export interface Receiver {
  readonly subscriber: Subscriber;
  /** Highest QoS of the subscriptions behind it. */
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** Subscription identifiers the client gave; undefined: none. */
  readonly identifiers: readonly number[] | undefined;
  /** The shared subscription it was chosen from. */
  readonly group: SharedGroup | undefined;
}

/**
 * Joins what overlapping subscriptions of one session ask for: the message is delivered once, at the highest QoS, with
 * every subscription identifier [MQTT-3.3.4-2] [MQTT-3.3.4-4].
 */
export function joinReceivers(first: Receiver, second: Receiver): Receiver {
  const identifiers = [...(first.identifiers ?? []), ...(second.identifiers ?? [])];
  return {
    subscriber: first.subscriber,
    qos: first.qos > second.qos ? first.qos : second.qos,
    noLocal: first.noLocal && second.noLocal,
    retainAsPublished: first.retainAsPublished || second.retainAsPublished,
    identifiers: identifiers.length > 0 ? identifiers : undefined,
    group: undefined,
  };
}
