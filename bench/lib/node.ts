import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '@millrace/testkit';
import { NodeProcess } from '../../test/e2e/node-process.ts';
import { MEASURED_CORE, pin } from './cpu.ts';
import { versionOf } from './version-of.ts';

export interface RunningNode {
  readonly process: NodeProcess;
  stop(): Promise<void>;
}

export const NODE_NOTE = `Millrace ${versionOf('package.json')}: the whole product (\`millrace start\`)`;

/** The whole product with a configuration (HOCON), on the measured core, its data in a temporary directory. */
export async function startNode(config: string): Promise<RunningNode> {
  const directory = await tempDir('bench');
  const remove = () => directory[Symbol.asyncDispose]();
  const configFile = join(directory.path, 'millrace.conf');
  writeFileSync(configFile, config);
  try {
    const process = await NodeProcess.start({ dataDir: join(directory.path, 'data'), configFile });
    pin(process.pid, MEASURED_CORE);
    return { process, stop: () => process.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
