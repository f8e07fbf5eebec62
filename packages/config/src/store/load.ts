import { dirname, join, resolve } from 'node:path';
import type { ConnectorDefinition } from '@millrace/contract';
import { formatOrigin, HoconError } from '@millrace/hocon';
import { originOf } from '../check/evaluate.ts';
import { closedListeners } from '../check/listeners.ts';
import { missingActions } from '../check/references.ts';
import { type ConfigError, ConfigErrors } from '../config-error.ts';
import { formatConfigPath } from '../config-path.ts';
import { type Layers, overlay, prepareLayer } from '../layers/layers.ts';
import { type ReadFile, readFileFromDisk, readFiles, textError } from '../layers/read-files.ts';
import { readSetOptions } from '../layers/set-options.ts';
import { shadowReports } from '../layers/shadowed.ts';
import { storedFilePath } from '../layers/stored-file.ts';
import { type Environment, readVariables } from '../layers/variables.ts';
import { type Config, isUnusedRoot, rootSchema } from '../schema/root-schema.ts';
import type { Directories } from '../walk/directories.ts';
import { type ConfigContext, type ConfigState, makeState } from './config-state.ts';

/** Where a configuration comes from. */
export interface ConfigSources {
  /** `--config` files; later ones win. */
  readonly files: readonly string[];
  readonly dataDir: string;
  readonly env: Environment;
  /** `--set` options, `key=value`. */
  readonly set: readonly string[];
  readonly definitions: readonly ConnectorDefinition[];
  /** Checks of rooms that the schema does not know, e.g. the SQL of rules. Run when the configuration is read. */
  readonly checks?: readonly ConfigCheck[];
  /** For tests; reads from the disk otherwise. */
  readonly readFile?: ReadFile;
}

/** Answers what is wrong, each with its path. */
export type ConfigCheck = (config: Config) => readonly { readonly path: readonly string[]; readonly reason: string }[];

export interface LoadedConfig {
  readonly context: ConfigContext;
  readonly layers: Layers;
  readonly state: ConfigState;
  readonly warnings: readonly string[];
  readonly shadowed: readonly string[];
}

/** Reads all layers. Throws {@link ConfigErrors} with every mistake. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const context = contextOf(sources);
  const errors: ConfigError[] = [];
  const warnings: string[] = [];
  const layers = reportingHoconErrors(errors, () => readLayers(sources, context, errors, warnings));
  // A text that cannot be read leaves gaps, and the schema would complain about each.
  const hasGaps = errors.some(({ origin }) => origin?.file.startsWith('--set ') !== true);
  if (layers === undefined || hasGaps) throw new ConfigErrors(errors);
  const result = reportingHoconErrors(errors, () => makeState(context, layers));
  errors.push(...(result?.errors ?? []));
  if (result?.state !== undefined) errors.push(...failedChecks(sources.checks ?? [], result.state));
  if (result?.state === undefined || errors.length > 0) throw new ConfigErrors(errors);
  const shadowed = shadowReports(layers.files, layers.stored);
  return { context, layers, state: result.state, warnings: [...warnings, ...remarks(context, result.state)], shadowed };
}

function contextOf({ definitions, dataDir, env, files }: ConfigSources): ConfigContext {
  const typesWith = (kind: 'sink' | 'source') =>
    definitions.filter((definition) => definition[kind] !== undefined).map(({ type }) => type);
  return {
    schema: rootSchema(definitions),
    directories: directoriesOf(env, dataDir, files),
    types: {
      connectors: new Set(definitions.map(({ type }) => type)),
      actions: new Set(typesWith('sink')),
      sources: new Set(typesWith('source')),
    },
  };
}

function directoriesOf(env: Environment, dataDir: string, [first]: readonly string[]): Directories {
  const variable = (name: string) => env[`MILLRACE_${name}_DIR`] ?? env[`EMQX_${name}_DIR`];
  return {
    ETC: variable('ETC') ?? (first === undefined ? resolve('etc') : dirname(resolve(first))),
    LOG: variable('LOG') ?? join(dataDir, 'log'),
    DATA: variable('DATA') ?? dataDir,
  };
}

function readLayers(
  sources: ConfigSources,
  { schema }: ConfigContext,
  errors: ConfigError[],
  warnings: string[],
): Layers {
  const { dataDir, env, set, readFile = readFileFromDisk } = sources;
  const report = (error: ConfigError) => void errors.push(error);
  const files = readFiles(sources.files, readFile, report);
  const stored = readFiles(storedFiles(dataDir, readFile, warnings), readFile, report);
  const variables = readVariables(env, schema, (text) => warnings.push(text));
  const options = readSetOptions(set, report);
  return {
    files: prepareLayer(files, schema),
    stored: prepareLayer(stored, schema),
    upper: overlay(prepareLayer(variables.tree, schema), prepareLayer(options.tree, schema)),
    overrides: [...variables.overrides, ...options.overrides],
  };
}

/** The stored file, and the two files that EMQX wrote before it. */
function storedFiles(dataDir: string, readFile: ReadFile, warnings: string[]): string[] {
  const stored = storedFilePath(dataDir);
  const older = ['cluster-override.conf', 'local-override.conf'].map((name) => join(dirname(stored), name));
  return [...older, stored].filter((file) => {
    const exists = readFile(file) !== undefined;
    if (exists && file !== stored)
      warnings.push(`${file}: read as changes made over the API; move its content to your configuration and delete it`);
    return exists;
  });
}

function failedChecks(checks: readonly ConfigCheck[], { tree, config }: ConfigState): ConfigError[] {
  return checks.flatMap((check) =>
    check(config).map(({ path, reason }) => ({ origin: originOf(tree, path), path: formatConfigPath(path), reason })),
  );
}

function reportingHoconErrors<T>(errors: ConfigError[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof HoconError)) throw error;
    errors.push(textError(error));
    return undefined;
  }
}

/** What is not wrong, but may surprise. */
function remarks({ types }: ConfigContext, state: ConfigState): string[] {
  const { tree, config } = state;
  const isSwitchedOff = (path: readonly string[]) => ['false', 'off'].includes(String(state.raw([...path, 'enable'])));
  const unused = Array.from(tree.fields).filter(([root]) => isUnusedRoot(root));
  return [
    ...unused.map(([root, { origin }]) => `${formatOrigin(origin)} ${root}: kept, but Millrace does nothing with it`),
    ...(['connectors', 'actions', 'sources'] as const).flatMap((root) => {
      const byType = tree.fields.get(root)?.value;
      if (byType?.kind !== 'object') return [];
      const foreign = Array.from(byType.fields).filter(([type]) => !types[root].has(type));
      return foreign.map(
        ([type, { origin }]) => `${formatOrigin(origin)} ${root}.${type}: kept, but Millrace has no connector for it`,
      );
    }),
    ...closedListeners(config.listeners, isSwitchedOff).map(
      (path) => `${path}: stays closed because it has no certificate; set ssl_options.certfile and keyfile`,
    ),
    ...missingActions(config, types.actions),
  ];
}
