import type { AddressInfo, Server, Socket } from 'node:net';
import { connackCodeName, type MalformedPacketError, returnCodeOf } from '@millrace/mqtt-codec';
import { type CloseReason, Connection } from '../connection/connection.ts';
import type { ConnectionOwner } from '../connection/connection-owner.ts';
import type { Context } from '../context.ts';
import type { Transport } from '../delivery/transport.ts';
import { DEFAULT_BACKLOG, type Listener, type ListenerConfig } from './listener.ts';
import { createServer } from './open-server.ts';

/** Log lines about broken clients, at most so many a second for each listener. */
const LOGGED_ERRORS_PER_SECOND = 5;

/** How long connections that have been asked to end may take. */
const LINGER_MS = 1_500;

/** A running listener and the connections that came through it. */
export class BrokerListener implements Listener, ConnectionOwner {
  readonly id: string;
  readonly type: ListenerConfig['type'];
  readonly name: string;
  readonly bind: string;
  readonly maxConnections: number;
  readonly #config: ListenerConfig;
  readonly #context: Context;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  /** Sockets that may not have become connections (yet): TLS handshakes, HTTP requests. */
  readonly #sockets = new Set<Socket>();
  readonly #closed: (listener: BrokerListener) => void;
  #address: AddressInfo | undefined;
  #isClosing = false;
  #errorsLogged = 0;
  #errorsLoggedSince = 0;

  /** `closed` is called when the listener has stopped. Throws when the configuration cannot be served. */
  constructor(context: Context, config: ListenerConfig, closed: (listener: BrokerListener) => void) {
    this.#context = context;
    this.#config = config;
    this.#closed = closed;
    this.type = config.type;
    this.name = config.name;
    this.id = `${config.type}:${config.name}`;
    this.bind = `${config.host ?? '0.0.0.0'}:${config.port}`;
    this.maxConnections = config.maxConnections ?? Number.POSITIVE_INFINITY;
    this.#server = createServer(config, {
      accept: (transport) => this.#accept(transport),
      hasRoom: () => !this.#isClosing && this.#connections.size < this.maxConnections,
      maxPacketSize: context.settings.maxPacketSize,
    });
    if (config.type !== 'tcp') this.#server.on('connection', (socket: Socket) => this.#track(socket));
  }

  get listenerId(): string {
    return this.id;
  }

  get address(): string {
    return this.#address?.address ?? '';
  }

  get port(): number {
    return this.#address?.port ?? this.#config.port;
  }

  get running(): boolean {
    return this.#server.listening;
  }

  get currentConnections(): number {
    return this.#connections.size;
  }

  connections(): Iterable<Connection> {
    return this.#connections;
  }

  /** Rejects with the system's reason when the address cannot be had. */
  open(): Promise<void> {
    const { host, port, backlog = DEFAULT_BACKLOG } = this.#config;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, ...(host !== undefined && { host }), backlog }, () => {
        server.off('error', reject);
        server.on('error', (error) => this.#context.log.error({ listener: this.id, error }, 'listener failed'));
        this.#address = server.address() as AddressInfo;
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await this.closeWith(undefined);
  }

  /** Stops accepting and ends the connections, with that reason for clients of MQTT 5. */
  async closeWith(reasonCode: number | undefined): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const stopped = new Promise<void>((resolve) => {
      if (!this.#server.listening) resolve();
      else this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.close({ reason: 'server_shutdown', reasonCode });
    const lingering = setTimeout(() => this.#destroySockets(), LINGER_MS);
    await stopped;
    clearTimeout(lingering);
    this.#closed(this);
  }

  malformed(connection: Connection, error: MalformedPacketError): void {
    const now = this.#context.clock.now;
    if (now - this.#errorsLoggedSince >= 1_000) {
      this.#errorsLoggedSince = now;
      this.#errorsLogged = 0;
    }
    this.#errorsLogged += 1;
    if (this.#errorsLogged > LOGGED_ERRORS_PER_SECOND) return;
    const fields = { listener: this.id, clientid: connection.info?.clientId, reason: error.message };
    this.#context.log.info(fields, 'connection closed: malformed packet');
  }

  refused(connection: Connection, reasonCode: number): void {
    const { counters, hooks } = this.#context;
    const code = connection.isVersion5 ? reasonCode : returnCodeOf(reasonCode);
    if (connection.info === undefined && code === 0) return;
    connection.send({ type: 'connack', sessionPresent: false, reasonCode: code });
    counters.connackSent += 1;
    counters.connackError += 1;
    if (reasonCode === 0x86 || reasonCode === 0x87) counters.connackAuthError += 1;
    if (connection.info === undefined) return;
    counters.clientConnack += 1;
    hooks.emit.clientConnack?.({ client: connection.info, reasonCode: connackCodeName(code, connection.version) });
  }

  connected(connection: Connection): void {
    this.#context.hooks.emit.clientConnected?.({ client: connection.info });
  }

  disconnected(connection: Connection, why: CloseReason): void {
    const { sessions, hooks, counters, clock } = this.#context;
    const { session, info } = connection;
    counters.clientDisconnected += 1;
    if (why.isNormal) {
      // [MQTT-3.1.2-10]
      session.will?.cancel();
      session.will = undefined;
    } else if (why.reason !== 'server_shutdown') session.will?.connectionLost();
    sessions.disconnected(session);
    hooks.emit.clientDisconnected?.({
      client: info,
      reason: why.reason,
      disconnectedAt: clock.now,
      disconnectProperties: why.properties,
    });
  }

  ended(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #accept(transport: Transport): Connection {
    const connection = new Connection(this.#context, transport, this);
    this.#connections.add(connection);
    return connection;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
