import type { AckGate } from '@millrace/broker';
import type { CompiledRule, EvaluationContext, Result, RuleOutput } from '@millrace/rule-sql';
import type { Action } from '../action/action.ts';
import { joinGates } from '../action/gates.ts';
import type { RuleInput } from '../event/input.ts';
import type { RuleLog } from '../ports.ts';
import { RuleMetrics } from './metrics.ts';
import type { RuleView } from './rule-config.ts';
import type { Starter } from './starter.ts';
import type { Throttle } from './throttle.ts';

/** What a rule is made of. */
export interface RuleParts {
  readonly view: RuleView;
  readonly order: number;
  readonly compiled: CompiledRule;
  readonly actions: readonly Action[];
  readonly context: EvaluationContext;
  readonly log: RuleLog;
  readonly throttle: Throttle;
}

/** One rule while it runs: evaluates its SQL for each message that starts it, and fires its actions. */
export class Rule implements Starter {
  readonly view: RuleView;
  readonly order: number;
  readonly compiled: CompiledRule;
  readonly actions: readonly Action[];
  readonly metrics = new RuleMetrics();
  readonly #context: EvaluationContext;
  readonly #log: RuleLog;
  readonly #throttle: Throttle;

  constructor(parts: RuleParts) {
    this.view = parts.view;
    this.order = parts.order;
    this.compiled = parts.compiled;
    this.actions = parts.actions;
    this.#context = parts.context;
    this.#log = parts.log;
    this.#throttle = parts.throttle;
  }

  /** An error in one rule is its own: it is counted and logged, and neither the message nor other rules notice. */
  start(input: RuleInput): AckGate | undefined {
    let result: Result;
    try {
      result = this.evaluate(input);
    } catch (error) {
      this.metrics.failedException += 1;
      this.#report('sql', error, 'rule failed');
      return undefined;
    }
    if (result === undefined || (isList(result) && result.length === 0)) {
      this.metrics.failedNoResult += 1;
      return undefined;
    }
    this.metrics.passed += 1;
    return isList(result) ? this.#fireAll(result, input) : this.#fire(result, input);
  }

  /** The SQL alone: no counter moves and no action runs. Throws what the SQL throws. */
  evaluate(input: RuleInput): Result {
    input.ruleId = this.view.id;
    return this.compiled.evaluate(input, this.#context);
  }

  /** Runs the actions for somebody who tries the rule out: all of them, or up to the moment before sending. */
  tryActions(output: RuleOutput, input: RuleInput, send: boolean): void {
    const untouched = new RuleMetrics();
    for (const action of this.actions) {
      if (send) action.run(output, input, untouched);
      else action.rehearse(output, input);
    }
  }

  #fireAll(outputs: readonly RuleOutput[], input: RuleInput): AckGate | undefined {
    let gate: AckGate | undefined;
    for (const output of outputs) gate = joinGates(gate, this.#fire(output, input));
    return gate;
  }

  #fire(output: RuleOutput, input: RuleInput): AckGate | undefined {
    let gate: AckGate | undefined;
    for (const action of this.actions) gate = joinGates(gate, this.#run(action, output, input));
    return gate;
  }

  #run(action: Action, output: RuleOutput, input: RuleInput): AckGate | undefined {
    this.metrics.actionsTotal += 1;
    try {
      return action.run(output, input, this.metrics);
    } catch (error) {
      this.metrics.settled('failed', 1);
      this.#report(action.name, error, 'action of rule failed');
      return undefined;
    }
  }

  #report(what: string, error: unknown, message: string): void {
    this.#throttle.run(`${this.view.id}/${what}`, (suppressed) =>
      this.#log.warn({ rule: this.view.id, action: what === 'sql' ? undefined : what, error, suppressed }, message),
    );
  }
}

/** FOREACH gives a list, SELECT one output. */
export function isList(result: RuleOutput | readonly RuleOutput[]): result is readonly RuleOutput[] {
  return Array.isArray(result);
}
