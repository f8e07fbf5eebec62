import type { Qos, Subscription } from '@millrace/mqtt-codec';
import type { Receiver, Subscriber } from '../topic/receiver.ts';
import type { SharedGroup } from '../topic/shared-group.ts';

/** A subscription of a session; for topics that no other subscription of the session matches, it is the receiver too. */
export class SessionSubscription implements Receiver {
  readonly subscriber: Subscriber;
  readonly options: Subscription;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifiers: readonly number[] | undefined;
  readonly group: SharedGroup | undefined;

  constructor(
    subscriber: Subscriber,
    options: Subscription,
    identifier: number | undefined,
    group: SharedGroup | undefined,
  ) {
    this.subscriber = subscriber;
    this.options = options;
    this.qos = options.qos;
    this.noLocal = options.noLocal;
    this.retainAsPublished = options.retainAsPublished;
    this.identifiers = identifier === undefined ? undefined : [identifier];
    this.group = group;
  }
}
