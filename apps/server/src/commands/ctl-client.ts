import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running node's API is and how `ctl` may enter; written by the node into its data directory (mode 0600). */
export interface ControlFile {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
}

export const CONTROL_FILE = 'ctl.json';

/** The API answered with an error, or not at all. */
export class ControlError extends Error {}

/** Calls the REST API of a running node. */
export class ControlClient {
  readonly #base: string;
  readonly #authorization: string;

  constructor({ url, key, secret }: ControlFile) {
    this.#base = `${url}/api/v5`;
    this.#authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
  }

  /** For a node on this machine: reads its data directory. Throws {@link ControlError} when no node runs there. */
  static forDataDirectory(directory: string): ControlClient {
    try {
      return new ControlClient(JSON.parse(readFileSync(join(directory, CONTROL_FILE), 'utf8')) as ControlFile);
    } catch (error) {
      throw new ControlError(
        `no running node found in ${directory}; start one with \`npm start\`, or name its data directory with --data, or its API with --url and MILLRACE_API_KEY=key:secret`,
        { cause: error },
      );
    }
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#call('GET', path)) as T;
  }

  async post(path: string, body?: unknown): Promise<unknown> {
    return this.#call('POST', path, body);
  }

  async put(path: string, body?: unknown): Promise<unknown> {
    return this.#call('PUT', path, body);
  }

  async delete(path: string): Promise<unknown> {
    return this.#call('DELETE', path);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { authorization: this.#authorization };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(this.#base + path, request).catch((error: unknown) => {
      throw new ControlError(`no answer from ${this.#base}; is the node running?`, { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw new ControlError(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
