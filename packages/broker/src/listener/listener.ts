import type { SecureContextOptions } from 'node:tls';
import type { Transport, TransportListener } from '../delivery/transport.ts';

export type ListenerType = 'tcp' | 'ssl' | 'ws' | 'wss';

/** What TLS needs, as PEM text; read from files by the caller. */
export interface TlsSettings
  extends Pick<
    SecureContextOptions,
    'ca' | 'cert' | 'key' | 'passphrase' | 'ciphers' | 'minVersion' | 'maxVersion' | 'honorCipherOrder'
  > {
  /** Asks for a client certificate and refuses one that the CA has not signed. */
  readonly verifyPeer?: boolean;
  /** Refuses clients without a certificate. */
  readonly failIfNoPeerCertificate?: boolean;
  readonly handshakeTimeoutMs?: number;
}

/** One entry of the `listeners` root, parsed. */
export interface ListenerConfig {
  readonly type: ListenerType;
  readonly name: string;
  /** Default: every address. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly maxConnections?: number;
  readonly backlog?: number;
  /** Required for `ssl` and `wss`. */
  readonly tls?: TlsSettings;
  /** Path of WebSocket upgrades. Default `/mqtt`. */
  readonly path?: string;
}

export interface Listener {
  /** `type:name`. */
  readonly id: string;
  readonly type: ListenerType;
  readonly name: string;
  /** `host:port` as configured. */
  readonly bind: string;
  readonly address: string;
  /** The port that is really used. */
  readonly port: number;
  readonly running: boolean;
  readonly maxConnections: number;
  readonly currentConnections: number;
  /** Stops accepting and ends its connections. */
  close(): Promise<void>;
}

/** Takes a transport that a listener has accepted and answers who listens to it. */
export type AcceptTransport = (transport: Transport) => TransportListener;

export const DEFAULT_BACKLOG = 4_096;
export const DEFAULT_PATH = '/mqtt';
