import { Command } from 'commander';
import { type ConfigOptions, withConfigOptions } from './config-options.ts';

/** `millrace check`: reads the whole configuration and reports every error. */
export function checkCommand(print: (text: string) => void): Command {
  return withConfigOptions(new Command('check'))
    .description('read the whole configuration and report every error')
    .action(async (options: ConfigOptions) => {
      // Loaded here, so that `ctl` does not wait for rooms it never enters.
      const { loadConfig } = await import('./load-config.ts');
      const config = loadConfig(options);
      for (const warning of config.warnings) print(`warning: ${warning}\n`);
      print('configuration is valid\n');
    });
}
