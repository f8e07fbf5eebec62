import type { Socket } from 'node:net';
import type { Transport } from '../delivery/transport.ts';
import type { AcceptTransport } from './listener.ts';

/** A TCP or TLS socket as a transport. */
export class SocketTransport implements Transport {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get remoteAddress(): string | undefined {
    return plainAddress(this.#socket.remoteAddress);
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get localAddress(): string | undefined {
    return plainAddress(this.#socket.localAddress);
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  /** A `drain` event will come. */
  get needsDrain(): boolean {
    return this.#socket.writableNeedDrain;
  }

  write(bytes: Buffer): boolean {
    return this.#socket.write(bytes);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Connects a socket's events to whoever `accept` names. */
export function attachSocket(socket: Socket, accept: AcceptTransport): void {
  const listener = accept(new SocketTransport(socket));
  let failure: Error | undefined;
  socket.on('data', (chunk: Buffer) => listener.received(chunk));
  socket.on('drain', () => listener.drained());
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => listener.closed(failure));
}

/** `::ffff:127.0.0.1` is what a dual-stack socket calls 127.0.0.1. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') ? address.slice(7) : address;
}
