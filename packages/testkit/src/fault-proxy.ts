import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the proxy does with bytes and connections. Set at run time; holds for open connections too.
 *
 * - `pass`: forwards everything
 * - `stall`: connections stay open, nothing is forwarded (both ways, or only one); held bytes go on after `pass`
 * - `half-open`: new connections are accepted and never answered; open ones go silent (bytes are swallowed)
 * - `slow`: forwards with a delay for each piece and at most so many bytes a second
 * - `refuse`: the port is closed, so that connecting fails; open connections live on
 */
export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'stall'; readonly direction?: Direction }
  | { readonly kind: 'half-open' }
  | { readonly kind: 'slow'; readonly bytesPerSecond?: number; readonly delayMs?: number }
  | { readonly kind: 'refuse' };

export type Direction = 'to-server' | 'to-client';

export interface FaultProxyOptions {
  readonly target: { readonly host?: string; readonly port: number };
  /** A fixed port, for systems that advertise their address; default: a free one. */
  readonly port?: number;
}

export interface FaultProxyCounts {
  /** Connections accepted since the start. */
  accepted: number;
  /** Connections reset by `cut`. */
  cut: number;
  bytesToServer: number;
  bytesToClient: number;
}

/** A TCP proxy on loopback in front of a real server that misbehaves on request. */
export class FaultProxy implements AsyncDisposable {
  readonly counts: FaultProxyCounts = { accepted: 0, cut: 0, bytesToServer: 0, bytesToClient: 0 };
  readonly host = '127.0.0.1';
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #port: number;
  #fault: Fault = { kind: 'pass' };

  private constructor(options: FaultProxyOptions) {
    this.#target = { host: options.target.host ?? '127.0.0.1', port: options.target.port };
    this.#port = options.port ?? 0;
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** `host:port`, as config fields want it. */
  get address(): string {
    return `${this.host}:${this.#port}`;
  }

  get fault(): Fault {
    return this.#fault;
  }

  /** Connections that are open towards the client. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Changes the behaviour, for open connections too. */
  async set(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault.kind === 'refuse') await this.#unlisten();
    else await this.#listen();
    for (const pair of this.#pairs) pair.apply(fault);
  }

  /** Resets every open connection (TCP RST), both sides. New ones follow the current fault. */
  cut(): void {
    for (const pair of this.#pairs) {
      this.counts.cut++;
      pair.reset();
    }
  }

  /** Cuts, and refuses connections until the fault is changed. */
  async takeDown(): Promise<void> {
    await this.set({ kind: 'refuse' });
    this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) pair.reset();
    await this.#unlisten();
  }

  #listen(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve();
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
      this.#accept(socket);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.host, () => {
        this.#port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Stops accepting; does not wait for open connections, which `close` would. */
  #unlisten(): Promise<void> {
    this.#server?.close();
    this.#server = undefined;
    return Promise.resolve();
  }

  #accept(client: Socket): void {
    this.counts.accepted++;
    const pair = new Pair(client, this.#target, this.counts, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    pair.apply(this.#fault);
  }
}

/** One client connection and its counterpart towards the server. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #counts: FaultProxyCounts;
  readonly #onEnd: () => void;
  #fault: Fault = { kind: 'pass' };
  #release: (() => void) | undefined;
  #held: Promise<void> | undefined;

  constructor(client: Socket, target: { host: string; port: number }, counts: FaultProxyCounts, onEnd: () => void) {
    this.#client = client;
    this.#server = new Socket({ allowHalfOpen: true });
    this.#counts = counts;
    this.#onEnd = onEnd;
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    this.#connectTo(target);
  }

  apply(fault: Fault): void {
    this.#fault = fault;
    this.#release?.();
    this.#release = undefined;
    this.#held = undefined;
    if (fault.kind === 'stall') {
      this.#held = new Promise((resolve) => {
        this.#release = resolve;
      });
    }
  }

  reset(): void {
    resetSocket(this.#client);
    resetSocket(this.#server);
    this.#finish();
  }

  #connectTo(target: { host: string; port: number }): void {
    this.#server.connect(target.port, target.host, () => {
      void this.#forward(this.#client, this.#server, 'to-server');
      void this.#forward(this.#server, this.#client, 'to-client');
    });
    this.#server.once('close', (hadError) => {
      this.#followClose(this.#client, hadError);
    });
    this.#client.once('close', (hadError) => {
      this.#followClose(this.#server, hadError);
    });
  }

  /** A reset is passed on as a reset, an ordinary end after what is still to be sent. */
  #followClose(other: Socket, hadError: boolean): void {
    if (hadError || other.connecting) resetSocket(other);
    else other.destroySoon();
    if (this.#client.destroyed && this.#server.destroyed) this.#finish();
  }

  async #forward(from: Socket, to: Socket, direction: Direction): Promise<void> {
    try {
      // Without the option the iterator destroys the socket at its end, and the answer to a half-closed client is lost.
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (await this.#passes(chunk, direction)) await this.#write(to, chunk, direction);
      }
      to.end();
    } catch {
      // One side was reset: the close handlers carry it to the other side.
    }
  }

  /** Waits as the fault says; false when the bytes are swallowed. */
  async #passes(chunk: Buffer, direction: Direction): Promise<boolean> {
    for (;;) {
      const fault = this.#fault;
      if (fault.kind === 'half-open') return false;
      if (fault.kind === 'slow') {
        const pace = fault.bytesPerSecond === undefined ? 0 : (chunk.length * 1000) / fault.bytesPerSecond;
        await sleep((fault.delayMs ?? 0) + pace, undefined, { ref: false });
        return true;
      }
      if (fault.kind !== 'stall' || (fault.direction ?? direction) !== direction) return true;
      await this.#held;
    }
  }

  async #write(to: Socket, chunk: Buffer, direction: Direction): Promise<void> {
    if (direction === 'to-server') this.#counts.bytesToServer += chunk.length;
    else this.#counts.bytesToClient += chunk.length;
    if (to.write(chunk) || to.destroyed) return;
    await new Promise<void>((resolve) => {
      to.once('drain', resolve);
      to.once('close', resolve);
    });
  }

  #finish(): void {
    // What still waits here has nowhere to go.
    this.apply({ kind: 'half-open' });
    this.#onEnd();
  }
}

/** Ends a connection with RST. Node leaks a socket that is reset while its shutdown is under way, so that one is closed. */
function resetSocket(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else if (!socket.destroyed) socket.resetAndDestroy();
}
