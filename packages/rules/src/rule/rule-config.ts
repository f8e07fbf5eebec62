import type { ActionConfig } from '../action/action-config.ts';

/** A rule as users write it: `rule_engine.rules.ID`. */
export interface RuleConfig {
  readonly sql: string;
  readonly actions?: readonly ActionConfig[];
  readonly enable?: boolean;
  readonly name?: string;
  readonly description?: string;
  /** Times in ms since the epoch. */
  readonly metadata?: { readonly created_at?: number; readonly last_modified_at?: number };
}

/** A rule as the REST API shows it, metrics aside. */
export interface RuleView {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  /** Topics of the FROM clause. */
  readonly from: readonly string[];
  readonly actions: readonly ActionConfig[];
  readonly enable: boolean;
  readonly description: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** ms since the epoch. */
  readonly lastModifiedAt: number;
}
