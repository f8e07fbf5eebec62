import { type CompiledRule, type EvaluationContext, EvaluationError, type Result, SqlError } from '@millrace/rule-sql';
import { stringifyJson, type Value } from '@millrace/values';
import { RecordInput, type RuleInput } from '../event/input.ts';
import { isList } from '../rule/rule.ts';
import { TopicIndex } from '../rule/topic-index.ts';
import { readTestContext, type TestEvent } from './context.ts';

/** What came of trying a rule out. */
export type TestResult =
  | {
      readonly kind: 'output';
      readonly output: Value /** The output as JSON, integers and floats exact. */;
      readonly json: string;
    }
  /** FROM does not match, or WHERE is false. */
  | { readonly kind: 'no_match' };

/** Who asks, and with which SQL. */
export interface Tryout {
  readonly compiled: CompiledRule;
  readonly context: EvaluationContext;
  readonly node: string;
  readonly now: number;
  /** Shown as `metadata.rule_id`. */
  readonly ruleId: string;
}

/** What a test context gives, and what feeds the rule with it. */
export interface TryoutRun {
  readonly result: TestResult;
  readonly outputs: readonly Exclude<Result, undefined | readonly unknown[]>[];
  readonly input: RuleInput;
}

/**
 * Evaluates SQL against a made-up event; no counter moves and no action runs. Throws a `TestContextError` for a context
 * that cannot be used, and what the SQL throws.
 */
export function tryOut(tryout: Tryout, context: Readonly<Record<string, unknown>>): TryoutRun {
  const event = readTestContext(context, tryout.node, tryout.now);
  const input = new RecordInput(event.columns, { node: tryout.node, timestamp: tryout.now });
  input.ruleId = tryout.ruleId;
  if (!selects(tryout.compiled.from, event)) return { result: { kind: 'no_match' }, outputs: [], input };
  const result = tryout.compiled.evaluate(input, tryout.context);
  if (result === undefined) return { result: { kind: 'no_match' }, outputs: [], input };
  const output = result as Value;
  return {
    result: { kind: 'output', output, json: stringifyJson(output) },
    outputs: isList(result) ? result : [result],
    input,
  };
}

/** What the SQL tester answers for an error, in EMQX's words where it has some. */
export function testErrorMessage(error: unknown): string {
  if (error instanceof EvaluationError || error instanceof SqlError) return error.emqxMessage;
  return error instanceof Error ? error.message : String(error);
}

function selects(from: readonly string[], event: TestEvent): boolean {
  const index = new TopicIndex<string>();
  for (const filter of from) index.add(filter, filter);
  // older names of events take no wildcards, and a source is named exactly
  return event.topics.some((topic, at) =>
    at === 0 && !topic.startsWith('$bridges/') ? index.match(topic).size > 0 : index.exact(topic).size > 0,
  );
}
