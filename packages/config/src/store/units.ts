/**
 * A unit is what is parsed, handled and stored together: an object of a collection (a connector, a rule, a listener),
 * or a whole root of settings.
 */
const COLLECTIONS: readonly (readonly string[])[] = [
  ['connectors', '*', '*'],
  ['actions', '*', '*'],
  ['sources', '*', '*'],
  ['listeners', '*', '*'],
  ['rule_engine', 'rules', '*'],
  ['zones', '*'],
];

/** The unit that a path belongs to: the object it is in, or its root. */
export function unitOf(path: readonly string[]): readonly string[] {
  const collection = COLLECTIONS.find((pattern) => matchesPrefix(pattern, path));
  return path.slice(0, collection?.length ?? 1);
}

/** True for a path to an object of a collection, or inside one: it is stored as a whole. */
export function isInCollection(path: readonly string[]): boolean {
  return COLLECTIONS.some((pattern) => matchesPrefix(pattern, path));
}

/** The concrete paths that fit `pattern` and lie on, above or below `path`; `keys` lists the members at a path. */
export function affectedPaths(
  pattern: readonly string[],
  path: readonly string[],
  keys: (at: readonly string[]) => Iterable<string>,
): string[][] {
  return pattern.reduce<string[][]>(
    (found, step, index) => found.flatMap((at) => nextSteps(step, path[index], at, keys).map((next) => [...at, next])),
    [[]],
  );
}

function nextSteps(
  step: string,
  changed: string | undefined,
  at: readonly string[],
  keys: (at: readonly string[]) => Iterable<string>,
): string[] {
  if (step !== '*') return changed === undefined || changed === step ? [step] : [];
  return changed === undefined ? Array.from(new Set(keys(at))) : [changed];
}

function matchesPrefix(pattern: readonly string[], path: readonly string[]): boolean {
  return path.length >= pattern.length && pattern.every((step, index) => step === '*' || step === path[index]);
}
