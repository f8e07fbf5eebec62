import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The data directory belongs to another node that is running. */
export class DataDirectoryLockedError extends Error {
  constructor(directory: string, pid: number) {
    super(
      `data directory ${directory} is in use by process ${pid}; stop that node, or start this one with another --data`,
    );
    this.name = 'DataDirectoryLockedError';
  }
}

/**
 * Keeps a data directory for one node. The lock is a file that names the owner's process and its start time, so that a
 * lock left behind by `kill -9` is recognised even when its process id has been given to another program.
 */
export class DataLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Creates the directory when absent. Throws {@link DataDirectoryLockedError}. */
  static acquire(directory: string): DataLock {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'millrace.lock');
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryCreate(file)) return new DataLock(file);
      const owner = readOwner(file);
      if (owner !== undefined && isRunning(owner)) throw new DataDirectoryLockedError(directory, owner.pid);
      rmSync(file, { force: true });
    }
    throw new Error(`cannot take the lock ${file}; another node starts at the same moment`);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

interface Owner {
  readonly pid: number;
  readonly startedAt: string;
}

function tryCreate(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(descriptor, JSON.stringify({ pid: process.pid, startedAt: startTime(process.pid) }));
  closeSync(descriptor);
  return true;
}

function readOwner(file: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && typeof owner.pid === 'number') {
      return { pid: owner.pid, startedAt: 'startedAt' in owner ? String(owner.startedAt) : '' };
    }
  } catch {
    // Gone or torn: nobody owns it.
  }
  return undefined;
}

function isRunning({ pid, startedAt }: Owner): boolean {
  if (pid === process.pid) return startedAt === startTime(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const started = startTime(pid);
  return started === '' || startedAt === '' || started === startedAt;
}

/** Start of a process in clock ticks since boot (field 22 of its stat file); empty where the system has no such file. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
