import type { Command } from 'commander';

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
