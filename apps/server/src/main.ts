import { Command } from 'commander';
import { checkCommand } from './commands/check.ts';
import { ctlCommand } from './commands/ctl.ts';
import { ControlError } from './commands/ctl-client.ts';
import { ReportedError } from './commands/reported-error.ts';
import { startCommand } from './commands/start.ts';
import { version } from './version.ts';

const print = (text: string): void => {
  process.stdout.write(text);
};

const program = new Command('millrace')
  .description('MQTT broker with a SQL rule engine and data integration')
  .version(version)
  .addCommand(startCommand(print))
  .addCommand(checkCommand(print))
  .addCommand(ctlCommand(print));

try {
  await program.parseAsync();
} catch (error) {
  // Expected failures speak for themselves; anything else is a bug and shows its stack.
  const isExpected = error instanceof ReportedError || error instanceof ControlError;
  process.stderr.write(isExpected ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
