import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'server', 'src', 'main.ts');

export interface NodeOptions {
  readonly dataDir: string;
  readonly configFile: string;
  readonly set?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A whole Millrace as a process of its own, driven through its ports only. */
export class NodeProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #options: NodeOptions;
  readonly output: string[];
  readonly mqttPort: number;
  readonly apiUrl: string;

  private constructor(process: ChildProcess, options: NodeOptions, output: string[], ready: ReadyFields) {
    this.#process = process;
    this.#options = options;
    this.output = output;
    this.mqttPort = portOf(ready['tcp:default']);
    this.apiUrl = `http://${ready['http:dashboard'] ?? ''}/api/v5`;
  }

  /** Resolves when the node has said `millrace ready`; rejects with its output when it ends before. */
  static async start(options: NodeOptions): Promise<NodeProcess> {
    const { dataDir, configFile, set = [], env = {} } = options;
    const ports = [
      'listeners.tcp.default.bind="127.0.0.1:0"',
      'listeners.ws.default.enable=false',
      'dashboard.listeners.http.bind="127.0.0.1:0"',
    ];
    const settings = [...ports, 'log.console.formatter=json', ...set].flatMap((entry) => ['--set', entry]);
    const child = spawn(process.execPath, [MAIN, 'start', '--config', configFile, '--data', dataDir, ...settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const output: string[] = [];
    const ready = await new Promise<ReadyFields>((resolve, reject) => {
      const onLine = (line: string) => {
        output.push(line);
        if (line.includes('millrace ready')) resolve(JSON.parse(line) as ReadyFields);
      };
      createInterface(child.stdout).on('line', onLine);
      createInterface(child.stderr).on('line', onLine);
      child.once('exit', (code) => reject(new Error(`the node ended with ${code}:\n${output.join('\n')}`)));
    });
    return new NodeProcess(child, options, output, ready);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The same node again, on the same data directory. */
  restart(): Promise<NodeProcess> {
    return NodeProcess.start(this.#options);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** A test that fails half-way leaves no process behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** Ends it the polite way and returns its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async api<T>(path: string, init: { readonly method?: string; readonly body?: unknown } = {}): Promise<T> {
    const { key, secret } = JSON.parse(readFileSync(join(this.#options.dataDir, 'ctl.json'), 'utf8')) as {
      key: string;
      secret: string;
    };
    const response = await fetch(this.apiUrl + path, {
      method: init.method ?? 'GET',
      headers: {
        authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async metrics(kind: 'actions' | 'rules', id: string): Promise<Record<string, number>> {
    return (await this.api<{ metrics: Record<string, number> }>(`/${kind}/${encodeURIComponent(id)}/metrics`)).metrics;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

type ReadyFields = Readonly<Record<string, string>>;

function portOf(address: string | undefined): number {
  return Number(address?.slice(address.lastIndexOf(':') + 1));
}
