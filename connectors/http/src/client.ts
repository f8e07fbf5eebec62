import { callbackify } from 'node:util';
import { type Link, RecoverableError } from '@millrace/contract';
import type { Client } from 'undici';
import type { ConnectorConfig } from './config.ts';
import { type Answer, answerError, closedError, isIdleClose, translate } from './errors.ts';
import type { HeaderList } from './headers.ts';
import { type Endpoint, endpointOf, openSocket } from './socket.ts';

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'GET' | 'DELETE';
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Buffer | undefined;
  readonly timeoutMs: number;
}

/** Longest wait for the answer to `health_check_path`, when the caller is more patient. */
const CHECK_TIMEOUT_MS = 10_000;
/** A longer answer is not read: its connection is closed instead. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

interface Connection {
  readonly client: Client;
  waiting: number;
}

/** A fixed number of connections to one server; each is opened with its first request. */
export class HttpLink implements Link {
  readonly #config: ConnectorConfig;
  #connections: readonly Connection[] = [];
  #endpoint: Endpoint | undefined;
  #lastFailure: string | undefined;

  constructor(config: ConnectorConfig) {
    this.#config = config;
  }

  get url(): URL {
    return this.#config.url;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#config.headers;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close();
    try {
      this.#endpoint = endpointOf(this.#config.url, this.#config.ssl);
      await this.#probe(this.#endpoint, signal);
      await this.#openPool(this.#endpoint);
    } catch (error) {
      throw translate(error, 'the connection');
    }
  }

  /** A connection can be opened (TLS included) and, where `health_check_path` is set, is answered. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#endpoint === undefined) throw closedError();
    try {
      await this.#probe(this.#endpoint, signal);
    } catch (error) {
      throw translate(this.#withLastFailure(error), 'the health check');
    }
    if (this.#config.health_check_path !== undefined) await this.#checkPath(this.#config.health_check_path, signal);
  }

  /** Sends one request and throws what its answer means, unless that is 2xx. */
  async send(request: HttpRequest, laneIndex: number, signal: AbortSignal): Promise<void> {
    const name = `${request.method} ${this.#config.url.host}`;
    try {
      const error = answerError(await this.#exchange(request, laneIndex, signal), name, Date.now());
      if (error !== undefined) throw error;
      this.#lastFailure = undefined;
    } catch (error) {
      const translated = translate(error, name);
      if (translated instanceof Error) this.#lastFailure = translated.message;
      throw translated;
    }
  }

  async close(): Promise<void> {
    const connections = this.#connections;
    this.#connections = [];
    this.#endpoint = undefined;
    await Promise.all(connections.map(({ client }) => client.destroy()));
  }

  async #openPool(endpoint: Endpoint): Promise<void> {
    const undici = await import('undici');
    const { connect_timeout, enable_pipelining, max_inactive, pool_size } = this.#config;
    const open = callbackify(() => openSocket(endpoint, connect_timeout));
    // Not undici's Pool: it fills one connection up to `pipelining` before it opens the next.
    this.#connections = Array.from({ length: pool_size }, () => ({
      waiting: 0,
      client: new undici.Client(this.#config.url.origin, {
        pipelining: enable_pipelining,
        keepAliveTimeout: max_inactive,
        // The server's own hint may shorten the idle time, never lengthen it.
        keepAliveMaxTimeout: max_inactive,
        connect: (_options, callback) => {
          open((error, socket) => {
            if (error === null) callback(null, socket);
            else callback(error, null);
          });
        },
      }),
    }));
  }

  async #probe(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
    const socket = await openSocket(endpoint, this.#config.connect_timeout, signal);
    socket.destroy();
  }

  async #checkPath(path: string, signal: AbortSignal): Promise<void> {
    const request = { method: 'GET', path: joinPath(this.#config.url, path), headers: [], body: undefined } as const;
    try {
      const { status } = await this.#exchange({ ...request, timeoutMs: CHECK_TIMEOUT_MS }, 0, signal);
      if (status < 400) return;
      throw new RecoverableError(
        'HTTP_UNHEALTHY',
        `GET ${path} was answered with status ${status}; see health_check_path`,
      );
    } catch (error) {
      throw translate(error, `GET ${path}`);
    }
  }

  async #exchange(request: HttpRequest, laneIndex: number, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#exchangeOnce(request, laneIndex, signal);
    } catch (error) {
      if (!isIdleClose(error) || signal.aborted) throw error;
      return await this.#exchangeOnce(request, laneIndex, signal);
    }
  }

  async #exchangeOnce(request: HttpRequest, laneIndex: number, signal: AbortSignal): Promise<Answer> {
    const connection = this.#choose(laneIndex);
    const mayRepeat = request.method !== 'POST';
    connection.waiting += 1;
    try {
      const { statusCode, headers, body } = await connection.client.request({
        method: request.method,
        path: request.path,
        headers: request.headers as string[],
        body: request.body ?? null,
        signal,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
        idempotent: mayRepeat,
        blocking: !mayRepeat,
      });
      await body.dump({ limit: LONGEST_ANSWER_BYTES, signal });
      return { status: statusCode, retryAfter: headers['retry-after']?.toString() };
    } finally {
      connection.waiting -= 1;
    }
  }

  #choose(laneIndex: number): Connection {
    const connections = this.#connections;
    const first = connections[this.#config.pool_type === 'hash' ? laneIndex % connections.length : 0];
    if (first === undefined) throw closedError();
    if (this.#config.pool_type === 'hash') return first;
    return connections.reduce((least, other) => (other.waiting < least.waiting ? other : least), first);
  }

  #withLastFailure(error: unknown): unknown {
    if (this.#lastFailure === undefined || !(error instanceof Error)) return error;
    error.message = `${error.message}; the last request failed too: ${this.#lastFailure}`;
    return error;
  }
}

/** The path of the URL with another appended; queries of both are joined. */
export function joinPath(url: URL, path: string): string {
  const [ownPath = '', ...query] = path.split('?');
  const separator = ownPath === '' || ownPath.startsWith('/') ? '' : '/';
  const base = ownPath === '' ? url.pathname : url.pathname.replace(/\/$/, '');
  const queries = [url.search.slice(1), query.join('?')].filter((text) => text !== '').join('&');
  return `${base}${separator}${ownPath}${queries === '' ? '' : `?${queries}`}`;
}
