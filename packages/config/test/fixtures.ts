import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type ConnectorDefinition,
  defineConnector,
  duration,
  numberField,
  secret,
  template,
  textField,
  tlsOptions,
} from '@millrace/contract';
import { z } from 'zod';
import { ConfigErrors, type ConfigSources, ConfigStore } from '../src/index.ts';

const link = { connect: async () => {}, check: async () => {}, close: async () => {} };

/** A streaming sink with the parameters that the checks need. */
export const stream: ConnectorDefinition = defineConnector({
  type: 'stream',
  title: 'Stream',
  description: 'For tests.',
  config: z.strictObject({
    hosts: textField({ description: 'Servers.' }),
    password: secret({ description: 'Password.' }).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    pool_size: numberField({ description: 'Connections.', min: 1 }).prefault(8),
    connect_timeout: duration({ description: 'Longest connect.' }).prefault('5s'),
    ssl: tlsOptions(),
  }),
  open: () => link,
  sink: {
    parameters: z
      .strictObject({
        topic: template({ description: 'Topic.' }),
        partition_strategy: z.enum(['random', 'key_dispatch']).prefault('random'),
        key: z.string().prefault(''),
      })
      .refine(({ partition_strategy, key }) => partition_strategy === 'random' || key !== '', {
        path: ['key'],
        error: 'key_dispatch needs a key; set key, e.g. "${.clientid}", or partition_strategy = random',
      }),
    parameterAliases: ['kafka'],
    create: () => ({ encode: () => {}, write: async () => {} }),
  },
  source: {
    parameters: z.strictObject({ topic: z.string() }),
    create: () => ({ start: async () => {}, stop: async () => {} }),
  },
});

export type Overrides = Partial<Omit<ConfigSources, 'files'>> & { readonly file?: string };

/** A folder that goes away with the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Loads one file from memory; nothing is stored yet. */
export function load(text: string, options: Overrides = {}): ConfigStore {
  const file = 'a.conf';
  return ConfigStore.load({
    files: [file],
    dataDir: '/nowhere',
    env: {},
    set: [],
    definitions: [stream],
    readFile: (path) => (path === file ? text : undefined),
    ...options,
  });
}

/** Loads one file beside a data directory on disk, as a node does. */
export function loadFrom(folder: string, text: string, options: Overrides = {}): ConfigStore {
  const file = join(folder, 'a.conf');
  writeFileSync(file, text);
  return ConfigStore.load({ files: [file], dataDir: folder, env: {}, set: [], definitions: [stream], ...options });
}

/** The lines that loading complains with. */
export function complaints(text: string, options: Overrides = {}): string[] {
  try {
    load(text, options);
    return [];
  } catch (error) {
    if (error instanceof ConfigErrors) return error.message.split('\n');
    throw error;
  }
}
