import type { OutcomeListener } from '@millrace/resource';
import type { RuleOutput } from '@millrace/rule-sql';
import { stringifyJson } from '@millrace/values';
import type { RuleInput } from '../event/input.ts';
import type { RuleLog } from '../ports.ts';
import type { Action } from './action.ts';

/** Prints what a rule selected to the log, for whoever is writing that rule. */
export class ConsoleAction implements Action {
  readonly name = 'console';
  readonly #rule: string;
  readonly #log: RuleLog;

  constructor(rule: string, log: RuleLog) {
    this.#rule = rule;
    this.#log = log;
  }

  run(output: RuleOutput, input: RuleInput, outcomes: OutcomeListener): undefined {
    this.#log.info(
      { rule: this.#rule, output: stringifyJson(output), clientid: input.clientId, topic: input.topic },
      'console action',
    );
    outcomes.settled('success', 1);
  }

  rehearse(output: RuleOutput): void {
    stringifyJson(output);
  }
}
