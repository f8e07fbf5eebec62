import { readFileSync } from 'node:fs';
import type { Broker, Listener, ListenerConfig, TlsSettings } from '@millrace/broker';
import { type Config, formatBind, type ListenerType } from '@millrace/config';
import { readSecret } from '@millrace/contract';
import type { ListenerInfo } from '@millrace/rest-api';

const TYPES: readonly ListenerType[] = ['tcp', 'ssl', 'ws', 'wss'];
type Configured = Config['listeners']['tcp'][string] & {
  readonly ssl_options?: Config['listeners']['ssl'][string]['ssl_options'];
  readonly websocket?: Config['listeners']['ws'][string]['websocket'];
};

/** The MQTT listeners of a node: opened as configured, shown to the API. */
export class Listeners {
  readonly #broker: Broker;
  readonly #configured: readonly { readonly type: ListenerType; readonly name: string; readonly config: Configured }[];
  readonly #open = new Map<string, Listener>();

  constructor(broker: Broker, config: Config['listeners']) {
    this.#broker = broker;
    this.#configured = TYPES.flatMap((type) =>
      Object.entries<Configured>(config[type]).map(([name, entry]) => ({ type, name, config: entry })),
    );
  }

  /** Opens every enabled listener; rejects with the error of the first that cannot be opened. */
  async open(): Promise<void> {
    for (const { type, name, config } of this.#configured) {
      if (config.enable)
        this.#open.set(`${type}:${name}`, await this.#broker.listen(listenerConfig(type, name, config)));
    }
  }

  /** `type:name` and where it listens, for the ready line. */
  addresses(): Record<string, string> {
    return Object.fromEntries(
      Array.from(this.#open, ([id, { address, port }]) => [id, formatBind({ host: address, port })]),
    );
  }

  list(): readonly ListenerInfo[] {
    return this.#configured.map(({ type, name, config }) => {
      const listener = this.#open.get(`${type}:${name}`);
      return {
        id: `${type}:${name}`,
        type,
        name,
        enable: config.enable,
        bind:
          listener === undefined
            ? formatBind(config.bind)
            : formatBind({ host: listener.address, port: listener.port }),
        acceptors: 1,
        running: listener?.running ?? false,
        maxConnections: config.max_connections,
        currentConnections: listener?.currentConnections ?? 0,
      };
    });
  }
}

function listenerConfig(type: ListenerType, name: string, config: Configured): ListenerConfig {
  return {
    type,
    name,
    host: config.bind.host,
    port: config.bind.port,
    maxConnections: config.max_connections,
    backlog: config.tcp_options.backlog,
    ...(config.ssl_options !== undefined && { tls: tlsSettings(config.ssl_options) }),
    ...(config.websocket !== undefined && { path: config.websocket.mqtt_path }),
  };
}

function tlsSettings(options: NonNullable<Configured['ssl_options']>): TlsSettings {
  const versions = options.versions.map(tlsVersion).toSorted();
  const ciphers = Array.isArray(options.ciphers) ? options.ciphers.join(':') : options.ciphers;
  return {
    ...(options.certfile !== undefined && { cert: pem(options.certfile) }),
    ...(options.keyfile !== undefined && { key: pem(options.keyfile) }),
    ...(options.cacertfile !== undefined && { ca: pem(options.cacertfile) }),
    ...(options.password !== undefined && { passphrase: readSecret(options.password) }),
    ...(ciphers !== '' && { ciphers }),
    ...(versions.length > 0 && { minVersion: versions[0], maxVersion: versions.at(-1) }),
    honorCipherOrder: options.honor_cipher_order,
    verifyPeer: options.verify === 'verify_peer',
    failIfNoPeerCertificate: options.fail_if_no_peer_cert,
    handshakeTimeoutMs: options.handshake_timeout,
  } as TlsSettings;
}

/** PEM text as it is, or the content of the file. */
function pem(fileOrText: string): string {
  return fileOrText.includes('-----BEGIN') ? fileOrText : readFileSync(fileOrText, 'utf8');
}

function tlsVersion(name: string): 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' {
  return name.replace('tlsv', 'TLSv') as 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}
