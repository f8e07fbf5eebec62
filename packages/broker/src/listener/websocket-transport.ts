import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Transport } from '../delivery/transport.ts';
import type { AcceptTransport } from './listener.ts';
import { SocketTransport } from './socket-transport.ts';

const NORMAL_CLOSURE = 1_000;
const UNSUPPORTED_DATA = 1_003;

/** MQTT over WebSocket: each write is one binary message; packets may share or span them [MQTT-6.0.0-1] [MQTT-6.0.0-2]. */
class WebSocketTransport implements Transport {
  readonly #webSocket: WebSocket;
  readonly #socket: SocketTransport;

  constructor(webSocket: WebSocket, socket: SocketTransport) {
    this.#webSocket = webSocket;
    this.#socket = socket;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  get pendingBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  write(bytes: Buffer): boolean {
    this.#webSocket.send(bytes, { binary: true });
    return !this.#socket.needsDrain;
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  end(): void {
    this.#webSocket.close(NORMAL_CLOSURE);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}

/** Connects a WebSocket's events to whoever `accept` names. */
export function attachWebSocket(webSocket: WebSocket, stream: Duplex, accept: AcceptTransport): void {
  const listener = accept(new WebSocketTransport(webSocket, new SocketTransport(stream as Socket)));
  let failure: Error | undefined;
  webSocket.on('message', (data, isBinary) => {
    // Text is no MQTT [MQTT-6.0.0-1].
    if (isBinary) listener.received(data as Buffer);
    else webSocket.close(UNSUPPORTED_DATA);
  });
  stream.on('drain', () => listener.drained());
  webSocket.on('error', (error) => {
    failure = error;
  });
  webSocket.on('close', () => listener.closed(failure));
}
