import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Clock ticks of `/proc/PID/stat`; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, user and system, all threads. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold blanks; behind it the fields are counted from `state`.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Puts a process with all its threads and future children on the given cores, e.g. `1-3`; false when that is impossible. */
export function pin(pid: number, cores: string): boolean {
  return spawnSync('taskset', ['-acp', cores, String(pid)], { stdio: 'ignore' }).status === 0;
}

/** The core of what is measured. Everything else runs on {@link OTHER_CORES}. */
export const MEASURED_CORE = '0';
export const OTHER_CORES = availableParallelism() > 2 ? `1-${availableParallelism() - 1}` : '1';

/** Keeps this process and its children off the measured core; answers what to say about it in the result. */
export function leaveMeasuredCore(): string {
  if (pin(process.pid, OTHER_CORES))
    return `measured process on core ${MEASURED_CORE}, everything else on ${OTHER_CORES}`;
  return 'no core of its own for the measured process: `taskset` or a second core is missing, so expect more spread';
}
