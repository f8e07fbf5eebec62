import type { Context } from '../context.ts';
import { Publication } from '../delivery/publication.ts';
import type { ClientInfo } from '../hook/hooks.ts';
import type { Publisher } from '../message.ts';
import type { SysSettings } from '../settings.ts';

export interface SysTopicsParts {
  readonly context: Context;
  readonly settings: SysSettings;
  readonly version: string;
  readonly startedAt: number;
  readonly metrics: () => Readonly<Record<string, number>>;
  readonly stats: () => Readonly<Record<string, number>>;
}

const DESCRIPTION = 'Millrace';

/** What the broker tells about itself on `$SYS/brokers/<node>/…`. Not counted as published messages. */
export class SysTopics {
  readonly #parts: SysTopicsParts;
  readonly #publisher: Publisher;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #removeHooks: (() => void)[] = [];

  constructor(parts: SysTopicsParts) {
    this.#parts = parts;
    this.#publisher = {
      clientId: parts.context.node,
      username: undefined,
      peerHost: undefined,
      peerPort: undefined,
      protocolVersion: undefined,
      attributes: {},
    };
  }

  start(): void {
    const { heartbeatIntervalMs, messageIntervalMs } = this.#parts.settings;
    if (heartbeatIntervalMs > 0) this.#every(heartbeatIntervalMs, () => this.#beat());
    if (messageIntervalMs > 0) {
      this.#describe();
      this.#every(messageIntervalMs, () => this.#report());
    }
    this.#watchClients();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const remove of this.#removeHooks) remove();
  }

  #every(intervalMs: number, run: () => void): void {
    const timer = setInterval(run, intervalMs);
    timer.unref();
    this.#timers.push(timer);
  }

  #beat(): void {
    const now = this.#parts.context.clock.tick();
    this.#send('uptime', String(now - this.#parts.startedAt));
    this.#send('datetime', new Date(now).toISOString());
  }

  #describe(): void {
    this.#publish('$SYS/brokers', this.#parts.context.node, true);
    this.#send('version', this.#parts.version, true);
    this.#send('sysdescr', DESCRIPTION, true);
  }

  #report(): void {
    this.#describe();
    for (const [name, value] of Object.entries(this.#parts.stats())) this.#send(`stats/${levels(name)}`, String(value));
    for (const [name, value] of Object.entries(this.#parts.metrics()))
      this.#send(`metrics/${levels(name)}`, String(value));
  }

  #watchClients(): void {
    const { settings, context } = this.#parts;
    const { hooks } = context;
    const add = (remove: () => void) => this.#removeHooks.push(remove);
    if (settings.clientConnected) add(hooks.on('clientConnected', ({ client }) => this.#connected(client)));
    if (settings.clientDisconnected) {
      add(
        hooks.on('clientDisconnected', ({ client, reason, disconnectedAt }) => {
          this.#tell(client, 'disconnected', { ...describeClient(client), reason, disconnected_at: disconnectedAt });
        }),
      );
    }
    if (settings.clientSubscribed) {
      add(
        hooks.on('sessionSubscribed', ({ client, topicFilter, options }) => {
          const { qos, noLocal: nl, retainAsPublished: rap, retainHandling: rh } = options;
          const subopts = { qos, nl: nl ? 1 : 0, rap: rap ? 1 : 0, rh };
          this.#tell(client, 'subscribed', { ...nameClient(client), topic: topicFilter, subopts });
        }),
      );
    }
    if (settings.clientUnsubscribed) {
      add(
        hooks.on('sessionUnsubscribed', ({ client, topicFilter }) => {
          this.#tell(client, 'unsubscribed', { ...nameClient(client), topic: topicFilter });
        }),
      );
    }
  }

  #connected(client: ClientInfo): void {
    this.#tell(client, 'connected', {
      ...describeClient(client),
      keepalive: client.keepAlive,
      expiry_interval: client.sessionExpiryInterval,
      connected_at: client.connectedAt,
      connack: 0,
      clean_start: client.cleanStart,
    });
  }

  #tell(client: ClientInfo, event: string, content: object): void {
    const ts = this.#parts.context.clock.now;
    this.#send(`clients/${topicLevel(client.clientId)}/${event}`, () => JSON.stringify({ ...content, ts }));
  }

  #send(name: string, payload: string | (() => string), retain = false): void {
    this.#publish(`$SYS/brokers/${this.#parts.context.node}/${name}`, payload, retain);
  }

  /** A message nobody wants is not even written. */
  #publish(topic: string, payload: string | (() => string), retain: boolean): void {
    const { topics, router, retained, clock } = this.#parts.context;
    const entry = topics.lookupText(topic);
    if (entry === undefined) return;
    const isWanted = entry.receivers.length > 0 || entry.groups.length > 0 || entry.handler !== undefined;
    if (!isWanted && !retain) return;
    const publication = Publication.compose({
      entry,
      payload: Buffer.from(typeof payload === 'string' ? payload : payload()),
      qos: 0,
      retain,
      dup: false,
      properties: undefined,
      publisher: this.#publisher,
      timestamp: clock.now,
      origin: undefined,
    });
    entry.handler?.(publication);
    if (retain) retained.put(publication);
    router.deliver(publication);
  }
}

function levels(name: string): string {
  return name.replaceAll('.', '/');
}

/** Client ids may hold what a topic level cannot. */
function topicLevel(clientId: string): string {
  return clientId.replaceAll(/[+#\0]/g, '_');
}

function nameClient(client: ClientInfo) {
  return { clientid: client.clientId, username: client.username ?? null };
}

function describeClient(client: ClientInfo) {
  return {
    ...nameClient(client),
    sockport: client.localPort ?? null,
    ipaddress: client.peerHost ?? null,
    proto_name: client.protocolName,
    proto_ver: client.protocolVersion,
  };
}
