import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { accepts, freePort } from '../free-port.ts';
import { type TempDir, tempDir } from '../temp-dir.ts';
import { findCommand, provide } from './provide.ts';

const STOP_TIMEOUT_MS = 5000;

export interface MosquittoOptions {
  /** More lines of `mosquitto.conf`. */
  readonly config?: readonly string[];
}

/** A real Mosquitto broker on a free loopback port, open to everyone. */
export class Mosquitto implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #directory: TempDir;
  /** A test process that ends early takes its broker with it. */
  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };

  private constructor(port: number, child: ChildProcess, directory: TempDir) {
    this.port = port;
    this.#child = child;
    this.#directory = directory;
    process.once('exit', this.#kill);
  }

  /** Starts it and resolves when it accepts connections. Throws with its last output when it does not. */
  static async start({ config = [] }: MosquittoOptions = {}): Promise<Mosquitto> {
    await provide('mosquitto');
    const directory = await tempDir('mosquitto');
    const port = await freePort();
    const file = join(directory.path, 'mosquitto.conf');
    // `user root`: started by root it would change to a user who may not read this directory.
    await writeFile(
      file,
      [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'user root', ...config, ''].join('\n'),
    );
    const child = spawn((await findCommand('mosquitto')) ?? 'mosquitto', ['-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const broker = new Mosquitto(port, child, directory);
    try {
      await ready(child, port);
      return broker;
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** For measuring it from outside. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false }).then(this.#kill)]);
    }
    process.off('exit', this.#kill);
    await this.#directory[Symbol.asyncDispose]();
  }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2000);
  });
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`mosquitto ended with code ${child.exitCode}: ${output}`);
      return accepts(port);
    },
    { what: 'mosquitto to accept connections' },
  );
}
