import { once } from 'node:events';
import { Command } from 'commander';
import { DataDirectoryLockedError } from '../data-lock.ts';
import type { MillraceNode } from '../node.ts';
import { type ConfigOptions, withConfigOptions } from './config-options.ts';
import { ReportedError } from './reported-error.ts';

/** A shutdown that takes longer is cut off, so that SIGTERM always ends the process (exit code 1 then). */
const SHUTDOWN_LIMIT_MS = 10_000;

/** `millrace start`: runs a node until SIGTERM or SIGINT. */
export function startCommand(print: (text: string) => void): Command {
  return withConfigOptions(new Command('start'))
    .description('run a node')
    .action(async (options: ConfigOptions) => {
      const node = await startNode(options, print);
      await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
      const limit = setTimeout(() => {
        process.stderr.write('shutdown took too long; what is not flushed is in the logs on disk\n');
        process.exit(1);
      }, SHUTDOWN_LIMIT_MS);
      await node.close();
      clearTimeout(limit);
      process.exit(0);
    });
}

async function startNode(options: ConfigOptions, print: (text: string) => void): Promise<MillraceNode> {
  // Loaded here, so that `ctl` does not wait for rooms it never enters.
  const [{ loadConfig }, { MillraceNode }] = await Promise.all([import('./load-config.ts'), import('../node.ts')]);
  try {
    return await MillraceNode.start(loadConfig(options), { dataDir: options.data, print });
  } catch (error) {
    if (error instanceof DataDirectoryLockedError) throw new ReportedError(error.message, { cause: error });
    if (isListenError(error)) throw new ReportedError(listenErrorText(error), { cause: error });
    throw error;
  }
}

function isListenError(
  error: unknown,
): error is NodeJS.ErrnoException & { readonly address?: string; readonly port?: number } {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}

function listenErrorText(error: NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }): string {
  const address = `${error.address ?? ''}:${error.port ?? ''}`;
  if (error.code === 'EADDRINUSE')
    return `${address} is already in use; stop the other program, or set another port, e.g. --set listeners.tcp.default.bind=1884`;
  if (error.code === 'EACCES') return `no permission to listen on ${address}; choose a port above 1023`;
  return `cannot listen on ${address}: ${error.message}`;
}
