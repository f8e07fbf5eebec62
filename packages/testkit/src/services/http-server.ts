import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Counts connections from 1, so that a test sees which requests shared one. */
  readonly connection: number;
}

/** How the server answers a request; `never` leaves it waiting, `close` ends the connection without an answer. */
export type HttpAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly delayMs?: number;
    }
  | 'never'
  | 'close';

/** A real HTTP server on a free loopback port that records what it gets and answers as the test says. */
export class HttpTestServer implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  /** Decides about each request; a plain 200 unless set. */
  answer: (request: ReceivedRequest) => HttpAnswer = () => ({});
  readonly #server = createServer();
  readonly #connections = new WeakMap<object, number>();
  #connectionCount = 0;
  #port = 0;

  static async start(): Promise<HttpTestServer> {
    const server = new HttpTestServer();
    await server.#listen();
    return server;
  }

  /** Stays known after the end, for tests of a server that is away. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections since the start. */
  get connections(): number {
    return this.#connectionCount;
  }

  /** Closes connections that wait for their next request, as a server does with idle ones. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => {
      closed.resolve();
    });
    this.#server.closeAllConnections();
    await closed.promise;
  }

  #listen(): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.#connectionCount += 1;
      this.#connections.set(socket, this.#connectionCount);
    });
    this.#server.on('request', (message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        this.#handle(
          {
            method: message.method ?? '',
            url: message.url ?? '',
            headers: message.headers,
            body: Buffer.concat(chunks),
            connection: this.#connections.get(message.socket) ?? 0,
          },
          response,
        );
      });
    });
    return new Promise((resolve) =>
      this.#server.listen(0, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      }),
    );
  }

  #handle(request: ReceivedRequest, response: ServerResponse): void {
    this.requests.push(request);
    const answer = this.answer(request);
    if (answer === 'never') return;
    if (answer === 'close') {
      response.destroy();
      return;
    }
    setTimeout(() => {
      response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body ?? '');
    }, answer.delayMs ?? 0);
  }
}
