import { SqlError } from '@millrace/rule-sql';
import { parseAction } from '../action/action-config.ts';
import { RuleConfigError } from '../errors.ts';
import { compileSql } from './build-rule.ts';
import type { RuleConfig } from './rule-config.ts';

/** What is wrong with a rule: the field, and the words of the error. */
export interface RuleProblem {
  readonly path: readonly string[];
  readonly reason: string;
}

/** Checks a rule as `RuleEngine.put` does, and answers every problem instead of throwing the first. */
export function checkRule({ sql, actions = [] }: RuleConfig): readonly RuleProblem[] {
  return [
    ...problemOf(['sql'], () => compileSql(sql, undefined)),
    ...actions.flatMap((action, index) =>
      // Places in a configuration count from 1, as array elements are addressed there.
      problemOf(['actions', String(index + 1)], () => parseAction(action, 'action')),
    ),
  ];
}

function problemOf(path: readonly string[], check: () => unknown): RuleProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof SqlError || error instanceof RuleConfigError) return [{ path, reason: error.message }];
    throw error;
  }
}
