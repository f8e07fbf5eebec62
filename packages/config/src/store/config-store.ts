import { isDeepStrictEqual } from 'node:util';
import {
  find,
  findField,
  formatOrigin,
  fromValue,
  type HoconNode,
  type HoconValue,
  mergeNodes,
  type Origin,
  printHocon,
  toValue,
} from '@millrace/hocon';
import {
  type ConfigError,
  ConfigNotFoundError,
  ConfigOverriddenError,
  ConfigValidationError,
} from '../config-error.ts';
import { formatConfigPath, parseConfigPath, startsWith } from '../config-path.ts';
import { type Layers, lowerAt } from '../layers/layers.ts';
import { storedFilePath, writeStoredFile } from '../layers/stored-file.ts';
import { NOWHERE, withNode } from '../layers/tree.ts';
import { suggestion } from '../near-miss.ts';
import type { Config } from '../schema/root-schema.ts';
import { fillDefaults } from '../walk/defaults.ts';
import { normalizeMerged } from '../walk/normalize.ts';
import { knownKeys, type Schema, schemaAt } from '../walk/schema-walk.ts';
import { maskSecrets, unmaskSecrets } from '../walk/secrets.ts';
import { type ChangeHandler, ChangeHandlers } from './change-handlers.ts';
import { type ConfigContext, type ConfigState, changedState } from './config-state.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from './load.ts';
import { storedDifference, storedObject, tombstone, withoutDecided } from './minimal.ts';
import { isInCollection, unitOf } from './units.ts';

/** Place of values that came over the API. */
const API: Origin = { file: 'API', line: 0, column: 0 };

export interface UpdateOptions {
  /** Lay the value over what is there, member by member, instead of replacing it. */
  readonly merge?: boolean;
}

/**
 * The configuration of a node: read once from all layers, then changed over the API. Changes are validated, put into
 * force by the handlers and stored, one after the other.
 */
export class ConfigStore {
  /** Surprises found while loading, one sentence each. */
  readonly warnings: readonly string[];
  /** Values of files that changes made over the API hide, with both places. */
  readonly shadowed: readonly string[];
  readonly #context: ConfigContext;
  readonly #storedPath: string;
  readonly #handlers = new ChangeHandlers();
  #layers: Layers;
  #state: ConfigState;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(loaded: LoadedConfig, dataDir: string) {
    this.warnings = [...loaded.warnings, ...loaded.shadowed];
    this.shadowed = loaded.shadowed;
    this.#context = loaded.context;
    this.#layers = loaded.layers;
    this.#state = loaded.state;
    this.#storedPath = storedFilePath(dataDir);
  }

  /** Reads and checks all layers. Throws `ConfigErrors` with every mistake and its place. */
  static load(sources: ConfigSources): ConfigStore {
    return new ConfigStore(loadConfig(sources), sources.dataDir);
  }

  /** Parsed values: durations in ms, sizes in bytes, templates compiled. Do not change them. */
  get<Root extends keyof Config>(root: Root): Config[Root];
  get(path: string | readonly string[]): unknown;
  get(path: string | readonly string[]): unknown {
    return this.#state.parsed(parseConfigPath(path));
  }

  /** The user's own text values (`15s`) with the defaults filled in; secrets as they are. */
  raw(path: string | readonly string[]): unknown {
    const steps = parseConfigPath(path);
    const value = this.#state.raw(steps);
    const schema = schemaAt(this.#context.schema, steps, () => toValue(this.#state.tree));
    const isAbsentObject = value === undefined && unitOf(steps).length > 1;
    return schema === undefined || isAbsentObject ? value : fillDefaults(schema, value);
  }

  /** The same with secrets as `******`. */
  masked(path: string | readonly string[]): unknown {
    const steps = parseConfigPath(path);
    const schema = schemaAt(this.#context.schema, steps, () => toValue(this.#state.tree));
    return schema === undefined ? undefined : maskSecrets(schema, this.raw(steps));
  }

  /** The effective configuration as HOCON text, all of it or one root, secrets masked. */
  dump(root?: string): string {
    const roots = root === undefined ? Object.keys(this.#context.schema.shape) : [root];
    const values = roots.map((name) => [name, withoutEmptyTypes(name, this.masked([name]))] as const);
    return printHocon(
      Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, HoconValue>,
    );
  }

  /** Values that a variable or `--set` decides, secrets masked; told at the start. */
  overrides(): { readonly name: string; readonly path: string; readonly value: unknown }[] {
    return this.#layers.overrides.map(({ name, path }) => ({
      name,
      path: formatConfigPath(path),
      value: this.masked(path),
    }));
  }

  /** Where the value at a path was written (`millrace.conf:12:3`, `EMQX_NODE__NAME`, `API`); undefined for defaults. */
  origin(path: string | readonly string[]): string | undefined {
    const field = findField(this.#state.tree, parseConfigPath(path));
    return field === undefined || field.origin === NOWHERE ? undefined : formatOrigin(field.origin);
  }

  /**
   * What decides the value at a path above the API: the name of a variable or option. Undefined when nothing does.
   */
  decidedBy(path: string | readonly string[]): string | undefined {
    const steps = parseConfigPath(path);
    return this.#layers.overrides.findLast(
      (override) => startsWith(override.path, steps) || startsWith(steps, override.path),
    )?.name;
  }

  /**
   * Changes what stands at a path to a value of the API (JSON). `******` keeps a stored secret. Throws
   * {@link ConfigValidationError}, {@link ConfigOverriddenError}, or what a handler threw; then nothing has changed.
   */
  update(path: string | readonly string[], value: unknown, options: UpdateOptions = {}): Promise<void> {
    return this.#oneAtATime(() => {
      const steps = parseConfigPath(path);
      this.#requireObject(steps);
      const wanted = this.#wanted(steps, value, options.merge === true);
      this.#refuseOverridden(steps, wanted);
      return this.#change(steps, this.#toStore(steps, wanted));
    });
  }

  /** Removes what stands at a path, also when a file defines it. Settings go back to their defaults. */
  remove(path: string | readonly string[]): Promise<void> {
    return this.#oneAtATime(() => {
      const steps = parseConfigPath(path);
      if (find(this.#state.tree, steps) === undefined) throw new ConfigNotFoundError(formatConfigPath(steps));
      this.#refuseOverridden(steps, undefined);
      const isBelow = lowerAt(this.#layers, steps) !== undefined;
      return this.#change(steps, isBelow ? tombstone(API) : undefined);
    });
  }

  /**
   * Checks a value for a path as `update` does, without changing anything, and answers what it parses to. `******`
   * stands for the stored secret.
   */
  parse(path: string | readonly string[], value: unknown): unknown {
    const steps = parseConfigPath(path);
    return this.#next(steps, this.#toStore(steps, this.#wanted(steps, value, false))).state.parsed(steps);
  }

  /**
   * Calls back for each change of a path that fits a pattern such as `rule_engine.rules.*` or `connectors.*.*`. The
   * handler puts the change into force or throws to refuse it. The answer ends the registration.
   */
  onChange(pattern: string, handler: ChangeHandler): () => void {
    return this.#handlers.add(pattern.split('.'), handler);
  }

  async #change(steps: readonly string[], node: HoconNode | undefined): Promise<void> {
    const { layers, state } = this.#next(steps, node);
    const undo = await this.#handlers.run(steps, this.#state, state);
    try {
      await writeStoredFile(this.#storedPath, layers.stored, new Date());
    } catch (error) {
      await undo();
      throw error;
    }
    this.#layers = layers;
    this.#state = state;
  }

  #next(steps: readonly string[], node: HoconNode | undefined): { layers: Layers; state: ConfigState } {
    const layers = { ...this.#layers, stored: withNode(this.#layers.stored, steps, node) };
    const { state, errors } = changedState(this.#context, this.#state, layers, steps);
    if (state === undefined) throw new ConfigValidationError(errors.map((error) => relativeTo(steps, error)));
    return { layers, state };
  }

  /** The value as a node in the spelling of the schema, with the secrets that it masks. */
  #wanted(steps: readonly string[], value: unknown, isMerge: boolean): HoconNode {
    const schema = this.#schemaFor(steps, value);
    const current = this.#state.raw(steps);
    const missing: ConfigError[] = [];
    const unmasked = unmaskSecrets(schema, value, current, (path) =>
      missing.push({
        origin: undefined,
        path: ['root', ...path].join('.'),
        reason: 'a masked secret, but none is stored; send the secret itself',
      }),
    );
    if (missing.length > 0) throw new ConfigValidationError(missing);
    const node = fromValue(unmasked as HoconValue, API);
    const merged = isMerge ? mergeNodes(find(this.#state.tree, steps), node) : node;
    return normalizeMerged(merged, schema);
  }

  #schemaFor(steps: readonly string[], value: unknown): Schema {
    const root = () => toValue(this.#state.tree);
    const schema = schemaAt(this.#context.schema, steps, root);
    if (schema !== undefined) return schema;
    const at = steps.findIndex(
      (_, index) => schemaAt(this.#context.schema, steps.slice(0, index + 1), root) === undefined,
    );
    const owner = schemaAt(this.#context.schema, steps.slice(0, at), root);
    const known = owner === undefined ? [] : knownKeys(owner);
    const reason = `unknown; ${suggestion(steps[at] ?? '', known)}`;
    throw new ConfigValidationError([
      { origin: API, path: formatConfigPath(steps.slice(0, at + 1)), reason, value: typeof value },
    ]);
  }

  /** A field can only be changed of an object that is there; else what a file once said would come back around it. */
  #requireObject(steps: readonly string[]): void {
    const unit = unitOf(steps);
    if (unit.length > 1 && steps.length > unit.length && find(this.#state.tree, unit) === undefined) {
      throw new ConfigNotFoundError(formatConfigPath(unit));
    }
  }

  /** The node of the stored layer that makes `wanted` hold. */
  #toStore(steps: readonly string[], wanted: HoconNode): HoconNode | undefined {
    const node = this.#difference(steps, wanted);
    const { stored, upper } = this.#layers;
    return node && withoutDecided(node, find(upper, steps), find(stored, steps));
  }

  #difference(steps: readonly string[], wanted: HoconNode): HoconNode | undefined {
    const below = lowerAt(this.#layers, steps);
    if (isInCollection(steps)) return storedObject(wanted, below);
    const schema = schemaAt(this.#context.schema, steps);
    const defaults = schema === undefined ? undefined : fillDefaults(schema, undefined);
    return storedDifference(wanted, below, defaults === undefined ? undefined : fromValue(defaults as HoconValue, API));
  }

  /** A value that is decided above may be sent as it is, or be left out; `undefined` asks for removal. */
  #refuseOverridden(steps: readonly string[], wanted: HoconNode | undefined): void {
    for (const { name, path } of this.#layers.overrides) {
      const isInside = startsWith(path, steps);
      if (!isInside && !startsWith(steps, path)) continue;
      const decided = find(this.#layers.upper, isInside ? path : steps);
      const asked = isInside ? find(wanted, path.slice(steps.length)) : wanted;
      if (decided !== undefined && (wanted === undefined || !agrees(decided, asked))) {
        throw new ConfigOverriddenError(formatConfigPath(isInside ? path : steps), name);
      }
    }
  }

  #oneAtATime<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(run);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }
}

/** True when no value is asked for in place of one that is decided above. */
function agrees(decided: HoconNode, asked: HoconNode | undefined): boolean {
  if (asked === undefined) return true;
  if (decided.kind !== 'object') return isDeepStrictEqual(toValue(decided), toValue(asked));
  return Array.from(decided.fields).every(([key, { value }]) => agrees(value, find(asked, [key])));
}

/** Paths of answers start at the value that was sent, which is called `root`. */
function relativeTo(steps: readonly string[], error: ConfigError): ConfigError {
  const prefix = formatConfigPath(steps);
  if (error.path === prefix) return { ...error, path: 'root' };
  return error.path.startsWith(`${prefix}.`) ? { ...error, path: `root${error.path.slice(prefix.length)}` } : error;
}

/** `connectors { kafka_producer {} … }`: types without objects only make a dump long. */
function withoutEmptyTypes(root: string, value: unknown): unknown {
  if (!['connectors', 'actions', 'sources', 'listeners'].includes(root)) return value;
  return Object.fromEntries(
    Object.entries(Object(value)).filter(([, objects]) => Object.keys(Object(objects)).length > 0),
  );
}
