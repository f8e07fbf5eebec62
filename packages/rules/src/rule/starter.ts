import type { AckGate } from '@millrace/broker';
import type { RuleInput } from '../event/input.ts';

/** What a message or event starts: a rule, or an action that listens on a topic of its own. */
export interface Starter {
  /** Starters of one message run in this order. */
  readonly order: number;
  /** Never throws. The gate is what the publisher's acknowledgement waits for. */
  start(input: RuleInput): AckGate | undefined;
}
