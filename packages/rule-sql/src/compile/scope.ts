/**
 * What the names in an expression can mean. Known when the rule is compiled, since only aliases add names.
 *
 * A name is looked up in the element, then in the overlay, then in the columns. Where a list of fields is evaluated, the
 * record it builds comes before all that, unless it gives undefined.
 */
export interface Scope {
  /** Names that earlier fields of the same list have written. */
  readonly own: ReadonlySet<string>;
  /** Names of the finished record that lies over the columns. */
  readonly overlay: ReadonlySet<string>;
  /** What the element of FOREACH is called. */
  readonly element: string | undefined;
}

export const NO_NAMES: ReadonlySet<string> = new Set();
