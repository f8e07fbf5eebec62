import type { AckGate } from '@millrace/broker';
import type { OutcomeListener } from '@millrace/resource';
import type { RuleOutput } from '@millrace/rule-sql';
import type { RuleInput } from '../event/input.ts';

/** One item of a rule's `actions`, ready to run. */
export interface Action {
  /** For logs: `republish`, `console` or `TYPE:NAME`. */
  readonly name: string;
  /**
   * Takes one output of the rule that `input` started, and tells `outcomes` what became of it, perhaps later. The gate is
   * what the publisher's acknowledgement waits for. What it throws counts as an unknown failure.
   */
  run(output: RuleOutput, input: RuleInput, outcomes: OutcomeListener): AckGate | undefined;
  /** Renders everything that `run` would send, and sends nothing. Throws when that fails. */
  rehearse(output: RuleOutput, input: RuleInput): void;
}
