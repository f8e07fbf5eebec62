import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigErrors, ConfigStore } from '@millrace/config';
import type { Command } from 'commander';
import { connectorDefinitions } from '../connectors.ts';
import { ReportedError } from './reported-error.ts';

export interface ConfigOptions {
  readonly config?: readonly string[];
  readonly data: string;
  readonly set: readonly string[];
}

/** The options that say which configuration a command works on. */
export function withConfigOptions(command: Command): Command {
  const collect = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value];
  return command
    .option('--config <file>', 'configuration file; may be given several times, later ones win', collect)
    .option('--data <dir>', 'data directory', process.env['MILLRACE_DATA_DIR'] ?? 'data')
    .option('--set <key=value>', 'set one value, above every other layer; may be given several times', collect, []);
}

/** Reads all layers; every error becomes a line `file:line:column path: what, and what to do`. */
export function loadConfig(options: ConfigOptions): ConfigStore {
  const files = options.config ?? defaultFiles();
  try {
    return ConfigStore.load({
      files: files.map((file) => resolve(file)),
      dataDir: resolve(options.data),
      env: process.env,
      set: options.set,
      definitions: connectorDefinitions,
    });
  } catch (error) {
    if (error instanceof ConfigErrors) throw new ReportedError(error.message, { cause: error });
    throw error;
  }
}

function defaultFiles(): string[] {
  const shipped = resolve('etc/millrace.conf');
  if (existsSync(shipped)) return [shipped];
  const packaged = join(import.meta.dirname, '..', '..', 'etc', 'millrace.conf');
  return existsSync(packaged) ? [packaged] : [];
}
