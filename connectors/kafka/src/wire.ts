import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Authority } from '@millrace/contract';
import type { Callback, Connection, ResponseParser, Writer } from '@platformatic/kafka';
import type { Library } from './library.ts';

/**
 * Requests and answers over one socket:
 *
 *   request = size:i32 api key:i16 version:i16 correlation:i32 client id:string [tagged fields] body
 *   answer  = size:i32 correlation:i32 [tagged fields] body
 *
 * Why not the library's `Connection`: it copies each request into one piece of fresh memory, which took a quarter of the
 * CPU time of a 1 KiB message, and it sends other requests in the middle of a renewed login, which brokers refuse.
 * `send` has the shape of the library's, so that its request functions run on this connection.
 *
 * Invariants: answers come in the order of the requests · after the first error nothing is sent and everything waiting
 * fails with it · while a login runs only its own requests leave.
 */
export interface WireOptions {
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly noDelay: boolean;
  readonly keepAliveMs: number | undefined;
  readonly tls: ConnectionOptions | undefined;
}

interface Waiting {
  readonly correlationId: number;
  readonly hasTags: boolean;
  readonly take: (answer: Buffer) => void;
  readonly fail: (error: Error) => void;
}

/** A larger answer than any we ask for: the peer speaks something else, most likely TLS. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
const LOGIN_KEYS: ReadonlySet<number> = new Set([17, 18, 36]);
const NO_TAGS = Buffer.from([0]);

export class Wire {
  readonly #library: Library;
  readonly #socket: Socket;
  readonly #clientId: Buffer;
  #onLost: (error: Error) => void = () => {};
  readonly #waiting: Waiting[] = [];
  readonly #held: (() => void)[] = [];
  readonly #stalled: NodeJS.Timeout;
  #partial: Buffer | undefined;
  #correlationId = 0;
  #isLoggingIn = false;
  #error: Error | undefined;

  private constructor(library: Library, socket: Socket, options: WireOptions) {
    this.#library = library;
    this.#socket = socket;
    this.#clientId = Buffer.from(options.clientId);
    // Runs from the last sign of life; armed for good, since it is cheaper to look than to arm it for each request.
    this.#stalled = setTimeout(() => this.#onStall(options.requestTimeoutMs), options.requestTimeoutMs).unref();
    socket.setNoDelay(options.noDelay);
    if (options.keepAliveMs !== undefined) socket.setKeepAlive(true, options.keepAliveMs);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy(new Error('the broker closed the connection')));
  }

  /** Opens the socket. Rejects when that takes too long or the signal aborts. */
  static async connect(
    library: Library,
    { host, port }: Authority,
    options: WireOptions,
    signal: AbortSignal,
  ): Promise<Wire> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = options.tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...options.tls });
    const giveUp = () => reject(new Error('the connection attempt was called off'));
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the broker closed the connection')));
    socket.setTimeout(options.connectTimeoutMs, () => reject(new Error(`no answer in ${options.connectTimeoutMs} ms`)));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
      socket.setTimeout(0);
      return new Wire(library, socket, options);
    } catch (error) {
      socket.on('error', () => {}).destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  get isOpen(): boolean {
    return this.#error === undefined;
  }

  /** Calls back once, when the connection is gone, whoever ended it. */
  whenLost(callback: (error: Error) => void): void {
    if (this.#error === undefined) this.#onLost = callback;
    else callback(this.#error);
  }

  /** Why the connection is gone. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** This connection as the library's request functions want it. */
  get asConnection(): Connection {
    return this as unknown as Connection;
  }

  send<T>(
    apiKey: number,
    version: number,
    createBody: () => Writer | Promise<Writer>,
    parse: ResponseParser<T>,
    hasRequestTags: boolean,
    hasAnswerTags: boolean,
    callback: Callback<T>,
  ): void {
    if (this.#error !== undefined) return callback(this.#error);
    if (this.#isLoggingIn && !LOGIN_KEYS.has(apiKey)) {
      this.#held.push(() => this.send(apiKey, version, createBody, parse, hasRequestTags, hasAnswerTags, callback));
      return;
    }
    const body = createBody() as Writer;
    const correlationId = this.#write(apiKey, version, hasRequestTags, body);
    if (body.context.noResponse === true) return callback(null);
    this.#waiting.push({
      correlationId,
      hasTags: hasAnswerTags,
      take: (answer) => give(callback, () => parse(correlationId, apiKey, version, this.#library.Reader.from(answer))),
      fail: (error) => callback(error),
    });
    if (this.#waiting.length === 1) this.#stalled.refresh();
  }

  /** Runs a login; other requests wait until it is over. */
  async exclusively<T>(login: () => Promise<T>): Promise<T> {
    this.#isLoggingIn = true;
    try {
      return await login();
    } finally {
      this.#isLoggingIn = false;
      for (const send of this.#held.splice(0)) send();
    }
  }

  /** Ends the connection; everything that waits fails with `error`. */
  destroy(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    clearTimeout(this.#stalled);
    this.#socket.destroy();
    for (const { fail } of this.#waiting.splice(0)) fail(error);
    for (const send of this.#held.splice(0)) send();
    this.#onLost(error);
  }

  /** Head and body leave in one system call, uncopied. */
  #write(apiKey: number, version: number, hasTags: boolean, body: Writer): number {
    this.#correlationId = (this.#correlationId + 1) & 0x7fffffff;
    const tags = hasTags ? NO_TAGS.length : 0;
    const head = Buffer.allocUnsafe(14 + this.#clientId.length + tags);
    head.writeInt32BE(head.length - 4 + body.length);
    head.writeInt16BE(apiKey, 4);
    head.writeInt16BE(version, 6);
    head.writeInt32BE(this.#correlationId, 8);
    head.writeInt16BE(this.#clientId.length, 12);
    this.#clientId.copy(head, 14);
    if (hasTags) NO_TAGS.copy(head, head.length - 1);
    this.#socket.cork();
    this.#socket.write(head);
    for (const part of body.buffers) this.#socket.write(part);
    this.#socket.uncork();
    return this.#correlationId;
  }

  #onData(chunk: Buffer): void {
    this.#stalled.refresh();
    let data = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk]);
    while (data.length >= 4 && this.#error === undefined) {
      const size = data.readInt32BE();
      if (size < 4 || size > LARGEST_ANSWER) {
        return this.destroy(
          new Error('the answer is not one of Kafka; check that ssl fits the listener of the broker'),
        );
      }
      if (data.length < 4 + size) break;
      this.#onAnswer(data.subarray(4, 4 + size));
      data = data.subarray(4 + size);
    }
    this.#partial = data.length === 0 ? undefined : data;
  }

  #onAnswer(answer: Buffer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined || waiting.correlationId !== answer.readInt32BE()) {
      if (waiting !== undefined) this.#waiting.unshift(waiting);
      return this.destroy(new Error('the broker answered something that was not asked'));
    }
    waiting.take(answer.subarray(waiting.hasTags ? 5 : 4));
  }

  #onStall(timeoutMs: number): void {
    if (this.#waiting.length > 0) return this.destroy(new Error(`no answer in ${timeoutMs} ms`));
    this.#stalled.refresh();
  }
}

/** What cannot be read is an error of its request; the next answer may be read all the same. */
function give<T>(callback: Callback<T>, parse: () => T | Promise<T>): void {
  let parsed: T;
  try {
    parsed = parse() as T;
  } catch (error) {
    return callback(error as Error);
  }
  callback(null, parsed);
}
