import type { PublishRequest, PublishResult } from '@millrace/broker';
import { type CompiledRule, compile, type EvaluationContext, type FunctionTable, parse } from '@millrace/rule-sql';
import type { Action } from '../action/action.ts';
import { type ActionReference, parseAction } from '../action/action-config.ts';
import { ConsoleAction } from '../action/console.ts';
import { RepublishAction } from '../action/republish.ts';
import { type ActionDirectory, SinkAction } from '../action/sink.ts';
import { RuleConfigError } from '../errors.ts';
import type { RuleLog } from '../ports.ts';
import { Rule } from './rule.ts';
import type { RuleConfig, RuleView } from './rule-config.ts';
import type { Throttle } from './throttle.ts';

/** What all rules of a node share. */
export interface RuleSurroundings {
  readonly functions: FunctionTable | undefined;
  readonly directory: ActionDirectory;
  readonly publish: (request: PublishRequest) => PublishResult;
  readonly log: RuleLog;
  /** Where console actions print. */
  readonly console: RuleLog;
  readonly throttle: Throttle;
  /** Republishes under way on the stack. */
  readonly nesting: { depth: number };
}

/** When a rule was made, and its place among the others. */
export interface RuleHistory {
  readonly order: number;
  readonly createdAt: number;
  readonly lastModifiedAt: number;
}

/** Compiles a rule. Throws `SqlError` or {@link RuleConfigError}. */
export function buildRule(id: string, config: RuleConfig, history: RuleHistory, shared: RuleSurroundings): Rule {
  const compiled = compileSql(config.sql, shared.functions);
  const references = (config.actions ?? []).map((action, index) => parseAction(action, `actions[${index}]`));
  return new Rule({
    view: viewOf(id, config, history, compiled),
    order: history.order,
    compiled,
    actions: references.map((reference) => makeAction(id, reference, shared)),
    context: contextOf(id),
    log: shared.log,
    throttle: shared.throttle,
  });
}

/** Parses and compiles SQL. Throws `SqlError`. */
export function compileSql(sql: unknown, functions: FunctionTable | undefined): CompiledRule {
  if (typeof sql !== 'string') throw new RuleConfigError('sql', 'required: a SELECT or FOREACH statement');
  return compile(parse(sql), functions === undefined ? {} : { functions });
}

export function contextOf(ruleId: string): EvaluationContext {
  return { ruleId };
}

function viewOf(id: string, config: RuleConfig, history: RuleHistory, compiled: CompiledRule): RuleView {
  return {
    id,
    name: config.name ?? '',
    sql: config.sql,
    from: compiled.from,
    actions: config.actions ?? [],
    enable: config.enable ?? true,
    description: config.description ?? '',
    createdAt: history.createdAt,
    lastModifiedAt: history.lastModifiedAt,
  };
}

function makeAction(rule: string, reference: ActionReference, shared: RuleSurroundings): Action {
  if (reference.kind === 'sink') return new SinkAction(reference.id, shared.directory);
  if (reference.kind === 'console') return new ConsoleAction(rule, shared.console);
  return new RepublishAction(rule, reference.args, shared);
}
