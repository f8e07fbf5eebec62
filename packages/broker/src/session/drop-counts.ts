import type { Counters } from '../metrics/counters.ts';

/** Why a session did not get a message. */
export type DropReason = 'no_local' | 'too_large' | 'qos0_msg' | 'queue_full' | 'expired';

/** Messages a session lost, by reason. */
export class DropCounts {
  noLocal = 0;
  tooLarge = 0;
  qos0 = 0;
  queueFull = 0;
  expired = 0;

  get total(): number {
    return this.noLocal + this.tooLarge + this.qos0 + this.queueFull + this.expired;
  }

  /** Counts here and for the node. */
  count(reason: DropReason, counters: Counters): void {
    switch (reason) {
      case 'no_local':
        this.noLocal += 1;
        counters.deliveryNoLocal += 1;
        return;
      case 'too_large':
        this.tooLarge += 1;
        counters.deliveryTooLarge += 1;
        return;
      case 'qos0_msg':
        this.qos0 += 1;
        counters.deliveryQos0 += 1;
        return;
      case 'queue_full':
        this.queueFull += 1;
        counters.deliveryQueueFull += 1;
        return;
      case 'expired':
        this.expired += 1;
        counters.deliveryExpired += 1;
        return;
    }
  }
}
