import { Command } from 'commander';
import { type ConfigOptions, loadConfig, withConfigOptions } from './config-options.ts';

/** `millrace check`: reads the whole configuration and reports every error. */
export function checkCommand(print: (text: string) => void): Command {
  return withConfigOptions(new Command('check'))
    .description('read the whole configuration and report every error')
    .action((options: ConfigOptions) => {
      const config = loadConfig(options);
      for (const warning of config.warnings) print(`warning: ${warning}\n`);
      print('configuration is valid\n');
    });
}
