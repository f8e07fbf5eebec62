import { fork } from 'node:child_process';
import { MEASURED_CORE, pin } from './cpu.ts';

export interface WorkerOptions {
  readonly timeoutMs: number;
  /** Puts it on the measured core, since its own CPU time is what counts. */
  readonly isMeasured?: boolean;
}

/** Runs a file with one JSON argument as a process of its own; the first message it sends is the answer. */
export function runWorker<Result>(file: string, argument: object, options: WorkerOptions): Promise<Result> {
  const { timeoutMs, isMeasured = false } = options;
  const worker = fork(file, [JSON.stringify(argument)], { timeout: timeoutMs, killSignal: 'SIGKILL' });
  if (isMeasured && worker.pid !== undefined) pin(worker.pid, MEASURED_CORE);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  worker.once('message', (result) => resolve(result as Result));
  worker.once('error', reject);
  worker.once('exit', (code, signal) => reject(new Error(`${file} ended without an answer (${code ?? signal})`)));
  return promise;
}

/** The other side of {@link runWorker}: what it was started with, for the caller to cast. */
export function workerArgument(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Answers {@link runWorker} and ends this process. */
export function answerAndExit(result: object): void {
  process.send?.(result, () => process.exit(0));
}
