import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const STOP_TIMEOUT_MS = 5000;

/** A program that runs beside the benchmark and ends with it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #output: string[] = [];
  readonly #kill = () => {
    this.#process.kill('SIGKILL');
  };

  constructor(program: string, args: readonly string[]) {
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // A program that cannot be started says so by its early end.
    this.#process.once('error', (error) => this.#output.push(error.message));
    process.once('exit', this.#kill);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.#output.push(line));
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves as soon as `isReady` holds; rejects with the output of a program that ends before. */
  async until(isReady: (output: readonly string[]) => boolean | Promise<boolean>): Promise<void> {
    while (!(await isReady(this.#output))) {
      if (this.#hasEnded) throw new Error(`${this.#process.spawnfile} ended early:\n${this.#output.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.#kill);
    if (this.#hasEnded) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(this.#kill, STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  get #hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }
}
