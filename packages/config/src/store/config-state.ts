import { find, type HoconObject, toValue } from '@millrace/hocon';
import { evaluate } from '../check/evaluate.ts';
import { finishDashboard, finishListeners, hasAuthentication } from '../check/listeners.ts';
import { checkWhole } from '../check/whole.ts';
import type { ConfigError } from '../config-error.ts';
import { effectiveAt, type Layers } from '../layers/layers.ts';
import { emptyTree, withNode } from '../layers/tree.ts';
import { suggestion } from '../near-miss.ts';
import type { Config, RootSchema } from '../schema/root-schema.ts';
import type { Directories } from '../walk/directories.ts';
import { memberOf, schemaAt } from '../walk/schema-walk.ts';
import type { Snapshot } from './change-handlers.ts';
import { unitOf } from './units.ts';

/** What does not change while a node runs. */
export interface ConfigContext {
  readonly schema: RootSchema;
  readonly directories: Directories;
  /** Types that Millrace runs, by root; objects of other types are kept and not handed out. */
  readonly types: Readonly<Record<'connectors' | 'actions' | 'sources', ReadonlySet<string>>>;
}

/** One consistent configuration: the merged text values, and what they parse to. Never changes; an update makes another. */
export class ConfigState implements Snapshot {
  readonly tree: HoconObject;
  readonly config: Config;

  constructor(tree: HoconObject, config: Config) {
    this.tree = tree;
    this.config = config;
  }

  raw(path: readonly string[]): unknown {
    const node = find(this.tree, path);
    return node && toValue(node);
  }

  parsed(path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, step) => memberOf(value, Array.isArray(value) ? String(Number(step) - 1) : step),
      this.config,
    );
  }

  keys(path: readonly string[]): Iterable<string> {
    const node = find(this.tree, path);
    return node?.kind === 'object' ? node.fields.keys() : [];
  }
}

export interface StateResult {
  readonly state: ConfigState | undefined;
  readonly errors: readonly ConfigError[];
}

/** Merges, parses and checks everything. */
export function makeState(context: ConfigContext, layers: Layers): StateResult {
  const merged = effectiveAt(layers, [], context.schema)?.value;
  const tree = merged?.kind === 'object' ? merged : emptyTree();
  const errors = unknownRoots(context, tree);
  const config: Record<string, unknown> = {};
  for (const root of Object.keys(context.schema.shape)) {
    const evaluation = evaluate(context.schema.shape[root] ?? context.schema, tree, [root], context.directories);
    errors.push(...evaluation.errors);
    config[root] = evaluation.parsed;
  }
  if (errors.length === 0) return checked(context, tree, finished(context, config as unknown as Config));
  return { state: undefined, errors: [...errors, ...checkWhole(config, tree, context.types.connectors)] };
}

/** The state after a change of the layers at one path; only the unit around it is merged and parsed again. */
export function changedState(
  context: ConfigContext,
  before: ConfigState,
  layers: Layers,
  path: readonly string[],
): StateResult {
  const unit = unitOf(path);
  const tree = withNode(before.tree, unit, effectiveAt(layers, unit, context.schema)?.value);
  // Addresses of listeners depend on more than one of them.
  const parsedUnit = unit[0] === 'listeners' ? ['listeners'] : unit;
  const schema = schemaAt(context.schema, parsedUnit, () => toValue(tree)) ?? context.schema;
  const isGone = parsedUnit.length > 1 && find(tree, parsedUnit) === undefined;
  const evaluation = isGone ? undefined : evaluate(schema, tree, parsedUnit, context.directories);
  if (evaluation !== undefined && evaluation.errors.length > 0) return { state: undefined, errors: evaluation.errors };
  const config = withMember(before.config, parsedUnit, evaluation?.parsed) as Config;
  return checked(context, tree, isFinishedRoot(unit[0]) ? finished(context, config) : config);
}

function checked({ types }: ConfigContext, tree: HoconObject, config: Config): StateResult {
  const errors = checkWhole(config, tree, types.connectors);
  return { state: errors.length > 0 ? undefined : new ConfigState(tree, config), errors };
}

function isFinishedRoot(root: string | undefined): boolean {
  return (
    root === 'listeners' || root === 'dashboard' || root === 'connectors' || root === 'actions' || root === 'sources'
  );
}

/** What parsing alone cannot decide. Safe to run again on what it has made. */
function finished({ types }: ConfigContext, config: Config): Config {
  return {
    ...config,
    listeners: finishListeners(config.listeners, hasAuthentication(config.authentication)),
    dashboard: finishDashboard(config.dashboard),
    connectors: onlyTypes(config.connectors, types.connectors),
    actions: onlyTypes(config.actions, types.actions),
    sources: onlyTypes(config.sources, types.sources),
  };
}

function onlyTypes<T>(byType: Readonly<Record<string, T>>, types: ReadonlySet<string>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(byType).filter(([type]) => types.has(type)));
}

function unknownRoots({ schema }: ConfigContext, tree: HoconObject): ConfigError[] {
  const known = Object.keys(schema.shape);
  return Array.from(tree.fields)
    .filter(([root]) => !known.includes(root))
    .map(([root, { origin }]) => ({ origin, path: root, reason: `unknown root; ${suggestion(root, known)}` }));
}

function withMember(value: unknown, path: readonly string[], member: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return member;
  const copy: Record<string, unknown> = { ...Object(value) };
  const inner = withMember(copy[key], rest, member);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}
