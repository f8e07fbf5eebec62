import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { installKafka, KAFKA_VERSION } from './kafka-install.ts';

/** A program from Debian's archive, and the command that shows that it is there. */
interface DebianProgram {
  readonly command: string;
  readonly package: string;
}

/** What `services.json` files may name. */
const PROGRAMS: Readonly<Record<string, DebianProgram>> = {
  jq: { command: 'jq', package: 'jq' },
  kcat: { command: 'kcat', package: 'kcat' },
  mosquitto: { command: 'mosquitto', package: 'mosquitto' },
  'mosquitto-clients': { command: 'mosquitto_pub', package: 'mosquitto-clients' },
  mvn: { command: 'mvn', package: 'maven' },
  openssl: { command: 'openssl', package: 'openssl' },
  java: { command: 'java', package: 'default-jre-headless' },
};

/** Services that are more than one program. */
const COMPOSED: Readonly<Record<string, () => Promise<void>>> = {
  kafka: provideKafka,
};

const PROGRESS = (line: string): void => {
  process.stderr.write(`services: ${line}\n`);
};

const execute = promisify(execFile);
/** apt locks its database, and one refresh of the lists is enough for a process. */
let installing: Promise<unknown> = Promise.resolve();
let listsAreFresh = false;

/**
 * Makes sure that a service's programs are on this machine, installing them when they are not; one line of progress for
 * each that had to be fetched. Throws with what to do when that is not possible.
 */
export async function provide(service: string, progress = PROGRESS): Promise<void> {
  const composed = COMPOSED[service];
  if (composed !== undefined) return await composed();
  const program = PROGRAMS[service];
  if (program === undefined) {
    throw new Error(
      `no service is called \`${service}\`; known are ${[...Object.keys(COMPOSED), ...Object.keys(PROGRAMS)].join(', ')}`,
    );
  }
  if ((await findCommand(program.command)) !== undefined) return;
  const turn = installing.then(() => install(program, progress));
  installing = turn.catch(() => undefined);
  await turn;
}

/** The path of a command, also of those for administrators, which not every PATH has. */
export async function findCommand(command: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, command);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function provideKafka(): Promise<void> {
  await provide('java');
  await provide('mvn');
  await installKafka(KAFKA_VERSION);
}

async function install(program: DebianProgram, progress: (line: string) => void): Promise<void> {
  const byHand = `install it with: apt-get install ${program.package}`;
  if (process.getuid?.() !== 0 || (await findCommand('apt-get')) === undefined) {
    throw new Error(`\`${program.command}\` is missing, and only root on Debian can install it here; ${byHand}`);
  }
  progress(`installing ${program.package}`);
  try {
    if (!listsAreFresh) await apt('update');
    listsAreFresh = true;
    await apt('install', '-y', '--no-install-recommends', program.package);
  } catch (error) {
    throw new Error(`cannot install ${program.package}: ${lastLine(error)}; ${byHand}`, { cause: error });
  }
}

async function apt(...args: readonly string[]): Promise<void> {
  await execute('apt-get', ['-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 600_000,
    maxBuffer: 16 * 1024 * 1024,
  });
}

function lastLine(error: unknown): string {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return output.trim().split('\n').at(-1) || String(error);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
