/** The byte stream below a connection: a TCP or TLS socket, or a WebSocket. */
export interface Transport {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /** Bytes that the kernel has not taken yet. 0 right after a write: its buffer may be used again. */
  readonly pendingBytes: number;
  /** Hands bytes over; false asks to wait for `onDrain`. */
  write(bytes: Buffer): boolean;
  /** Writes between `cork` and `uncork` leave together. */
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  /** Sends what is pending, then closes. */
  end(): void;
  destroy(): void;
}

/** Who listens to a transport. `closed` comes exactly once, last. */
export interface TransportListener {
  received(chunk: Buffer): void;
  drained(): void;
  closed(error: Error | undefined): void;
}
