import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigErrors, ConfigStore } from '@millrace/config';
import { connectorDefinitions } from '../connectors.ts';
import { checkAuthentication, checkRules } from '../wiring/config-checks.ts';
import type { ConfigOptions } from './config-options.ts';
import { ReportedError } from './reported-error.ts';

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
      checks: [checkRules, checkAuthentication],
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
