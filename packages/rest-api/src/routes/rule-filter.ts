import { matchesFilter } from '@millrace/broker';
import { currentActionId, type RuleView } from '@millrace/rules';

/** Filters of `GET /rules`; all given ones must hold. */
export interface RuleQuery {
  readonly enable?: boolean | undefined;
  readonly from?: string | undefined;
  readonly match_from?: string | undefined;
  readonly like_id?: string | undefined;
  readonly like_from?: string | undefined;
  readonly like_description?: string | undefined;
  readonly action?: readonly string[] | undefined;
  readonly source?: readonly string[] | undefined;
}

export function filterRules(rules: readonly RuleView[], query: RuleQuery): RuleView[] {
  return rules.filter((rule) => TESTS.every((accepts) => accepts(rule, query)));
}

const TESTS: readonly ((rule: RuleView, query: RuleQuery) => boolean)[] = [
  (rule, { enable }) => enable === undefined || rule.enable === enable,
  (rule, { from }) => from === undefined || rule.from.includes(from),
  (rule, { match_from: topic }) => topic === undefined || rule.from.some((filter) => matchesFilter(topic, filter)),
  (rule, { like_id: part }) => part === undefined || rule.id.includes(part),
  (rule, { like_from: part }) => part === undefined || rule.from.some((filter) => filter.includes(part)),
  (rule, { like_description: part }) => part === undefined || rule.description.includes(part),
  (rule, { action: ids }) => ids === undefined || ids.some((id) => firesAction(rule, id)),
  (rule, { source: ids }) => ids === undefined || ids.some((id) => readsSource(rule, id)),
];

/** Whether a rule names an action, under whatever name its type had. */
function firesAction(rule: RuleView, id: string): boolean {
  return rule.actions.some((action) => typeof action === 'string' && currentActionId(action) === id);
}

/** Whether a rule selects from a source. */
export function readsSource(rule: RuleView, id: string): boolean {
  return rule.from.includes(`$bridges/${id}`) || rule.from.includes(`$sources/${id}`);
}
