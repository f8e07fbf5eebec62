import { type Properties, ReasonCode, type Subscription } from '@millrace/mqtt-codec';
import type { Authenticate, Authorize } from './auth/ports.ts';
import { Clock } from './clock.ts';
import type { Context } from './context.ts';
import { BufferPool } from './delivery/buffer-pool.ts';
import { FlushQueue } from './delivery/flush-queue.ts';
import { Publication } from './delivery/publication.ts';
import { HookRegistry } from './hook/hook-registry.ts';
import type { Hooks } from './hook/hooks.ts';
import { Housekeeping } from './housekeeping.ts';
import { BrokerListener } from './listener/broker-listener.ts';
import type { Listener, ListenerConfig } from './listener/listener.ts';
import { type Log, silentLog } from './log.ts';
import type { AckGate, Message, PublishRequest, PublishResult } from './message.ts';
import { createCounters, nameMetrics } from './metrics/counters.ts';
import { type StatName, Stats } from './metrics/stats.ts';
import { deliverRetained } from './retain/deliver-retained.ts';
import { RetainedStore } from './retain/retained-store.ts';
import { Router } from './router/router.ts';
import { SessionRegistry } from './session/session-registry.ts';
import { subscribe, unsubscribe } from './session/subscribe.ts';
import { TimerWheel } from './session/timer-wheel.ts';
import {
  defaultMqttSettings,
  defaultRetainerSettings,
  defaultSysSettings,
  type MqttSettings,
  type RetainerSettings,
  type SysSettings,
} from './settings.ts';
import { SysTopics } from './sys/sys-topics.ts';
import { SubscriptionTable } from './topic/subscription-table.ts';
import { TopicCache } from './topic/topic-cache.ts';
import { type ClientView, viewClient } from './view/client-view.ts';
import { type SubscriptionView, viewSubscription } from './view/subscription-view.ts';

export interface BrokerOptions {
  /** Name of this node, e.g. `millrace@127.0.0.1`. */
  readonly node: string;
  /** For `$SYS/brokers/…/version`. */
  readonly version?: string;
  readonly mqtt?: Partial<MqttSettings>;
  readonly retainer?: Partial<RetainerSettings>;
  readonly sys?: Partial<SysSettings>;
  readonly log?: Log;
  readonly authenticate?: Authenticate | undefined;
  readonly authorize?: Authorize | undefined;
}

/** An MQTT broker: listeners, sessions, routing, retained messages, hooks. */
export class Broker {
  readonly node: string;
  readonly retained: RetainedStore;
  readonly startedAt: number;
  readonly #context: Context;
  readonly #stats: Stats;
  readonly #sys: SysTopics;
  readonly #housekeeping: Housekeeping;
  readonly #listeners = new Set<BrokerListener>();

  constructor(options: BrokerOptions) {
    this.node = options.node;
    const context = createContext(options);
    this.#context = context;
    this.retained = context.retained;
    this.startedAt = context.clock.now;
    this.#stats = new Stats((name) => this.#readStat(name));
    this.#sys = new SysTopics({
      context,
      settings: { ...defaultSysSettings, ...options.sys },
      version: options.version ?? '',
      startedAt: this.startedAt,
      metrics: () => this.metrics(),
      stats: () => this.stats(),
    });
    this.#housekeeping = new Housekeeping(context, () => this.#stats.sample());
    context.wheel.start();
    this.#housekeeping.start();
    this.#sys.start();
  }

  get hooks(): Hooks {
    return this.#context.hooks;
  }

  /** Starts listening; rejects when the address cannot be had or the configuration cannot be served. */
  async listen(config: ListenerConfig): Promise<Listener> {
    const listener = new BrokerListener(this.#context, config, (closed) => this.#listeners.delete(closed));
    await listener.open();
    this.#listeners.add(listener);
    return listener;
  }

  listeners(): readonly Listener[] {
    return [...this.#listeners];
  }

  /** Publishes from inside the node. Throws `RangeError` for a topic or properties that MQTT cannot express. */
  publish(request: PublishRequest): PublishResult {
    const { topics, router, clock } = this.#context;
    const entry = topics.lookupText(request.topic);
    if (entry === undefined)
      throw new RangeError(`"${request.topic}" is no topic name: no wildcards, no null, not empty`);
    const { payload } = request;
    const publication = Publication.compose({
      entry,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      qos: request.qos ?? 0,
      retain: request.retain ?? false,
      dup: request.dup ?? false,
      properties: request.properties,
      publisher: request.publisher,
      timestamp: clock.tick(),
      origin: request.origin,
    });
    let gate: AckGate | undefined;
    if (request.direct) router.deliver(publication);
    else gate = router.publish(publication);
    // Nobody else can be asked to wait.
    if (!router.isHandling) router.congested = undefined;
    return new Published(publication, router.receivers, gate);
  }

  client(clientId: string): ClientView | undefined {
    const session = this.#context.sessions.get(clientId);
    return session === undefined ? undefined : viewClient(session, this.node, this.#context.settings);
  }

  *clients(): Generator<ClientView> {
    for (const session of this.#context.sessions.values()) yield viewClient(session, this.node, this.#context.settings);
  }

  /** What waits for the client, oldest first; undefined: no such client. */
  queuedMessages(clientId: string): readonly Message[] | undefined {
    const session = this.#context.sessions.get(clientId);
    return session === undefined ? undefined : [...session.queued()].map(({ publication }) => publication);
  }

  /** What the client has not acknowledged yet, oldest first; undefined: no such client. */
  inflightMessages(clientId: string): readonly Message[] | undefined {
    const session = this.#context.sessions.get(clientId);
    return session?.inflight().flatMap(({ publication }) => publication ?? []);
  }

  /** Closes the client's connection and ends its session; whether there was one. */
  kick(clientId: string): boolean {
    const { sessions } = this.#context;
    const session = sessions.get(clientId);
    if (session === undefined) return false;
    session.link?.terminate(ReasonCode.administrative_action, 'kicked');
    sessions.end(session, 'kicked');
    return true;
  }

  /**
   * Subscribes on behalf of a client. Answers the MQTT 5 reason code (the granted QoS, or why not); undefined: no such client.
   */
  subscribe(clientId: string, options: Subscription, properties?: Properties): number | undefined {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const { reasonCode, subscription, wantsRetained } = subscribe(this.#context, session, options, undefined);
    if (subscription === undefined) return reasonCode;
    const { topicFilter } = options;
    this.#context.hooks.emit.sessionSubscribed?.({
      client: session.info,
      topicFilter,
      options: subscription.options,
      properties,
    });
    if (wantsRetained) deliverRetained(this.#context, session, subscription);
    return reasonCode;
  }

  /** Unsubscribes on behalf of a client: whether it had the subscription; undefined: no such client. */
  unsubscribe(clientId: string, topicFilter: string): boolean | undefined {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const existed = unsubscribe(this.#context, session, topicFilter);
    if (existed) {
      this.#context.hooks.emit.sessionUnsubscribed?.({ client: session.info, topicFilter, properties: undefined });
    }
    return existed;
  }

  *subscriptions(): Generator<SubscriptionView> {
    for (const session of this.#context.sessions.values()) {
      for (const subscription of session.subscriptions.values()) {
        yield viewSubscription(session.clientId, subscription, this.node);
      }
    }
  }

  /** Filters that somebody subscribed to, without share prefixes. */
  topics(): Iterable<string> {
    return this.#context.table.routes();
  }

  metrics(): Readonly<Record<string, number>> {
    return nameMetrics(this.#context.counters);
  }

  stats(): Readonly<Record<string, number>> {
    return this.#stats.named();
  }

  /** Stops listening, tells clients of MQTT 5 and ends their connections. */
  async close(): Promise<void> {
    this.#sys.stop();
    this.#housekeeping.stop();
    const { server_shutting_down: reasonCode } = ReasonCode;
    await Promise.all([...this.#listeners].map((listener) => listener.closeWith(reasonCode)));
    this.#context.wheel.stop();
  }

  #readStat(name: StatName): number {
    const { sessions, table, retained } = this.#context;
    switch (name) {
      case 'connections':
      case 'live_connections':
        return name === 'connections' ? sessions.size : sessions.connectedCount;
      case 'cluster_sessions':
      case 'sessions':
      case 'channels':
        return sessions.size;
      case 'subscribers':
      case 'subscriptions':
      case 'suboptions':
        return table.size;
      case 'subscriptions.shared':
        return table.sharedSize;
      case 'topics':
        return table.routeCount;
      case 'retained':
        return retained.size;
      case 'delayed':
      case 'durable_subscriptions':
        return 0;
    }
  }
}

/** The id is made only when someone asks for it. */
class Published implements PublishResult {
  readonly receivers: number;
  readonly gate: AckGate | undefined;
  readonly #publication: Publication;

  constructor(publication: Publication, receivers: number, gate: AckGate | undefined) {
    this.#publication = publication;
    this.receivers = receivers;
    this.gate = gate;
  }

  get id(): string {
    return this.#publication.id;
  }
}

function createContext(options: BrokerOptions): Context {
  const log = options.log ?? silentLog;
  const settings = { ...defaultMqttSettings, ...options.mqtt };
  const clock = new Clock();
  const counters = createCounters();
  const hooks = new HookRegistry(log, () => topics.invalidateAll());
  const table = new SubscriptionTable(settings.sharedSubscriptionStrategy);
  const retained = new RetainedStore({ ...defaultRetainerSettings, ...options.retainer }, () => clock.tick());
  const flushQueue = new FlushQueue(() => hooks.runBeforeFlush());
  const router = new Router({
    hooks,
    counters,
    retained,
    table,
    requestFlush: () => flushQueue.request(),
    messageExpiryMs: settings.messageExpiryInterval * 1_000,
  });
  const topics: TopicCache = new TopicCache((entry) => router.resolve(entry), settings.maxTopicLevels);
  const context: Omit<Context, 'sessions'> & { sessions?: SessionRegistry } = {
    node: options.node,
    settings,
    auth: { authenticate: options.authenticate, authorize: options.authorize },
    log,
    clock,
    wheel: new TimerWheel(),
    counters,
    hooks,
    pool: new BufferPool(),
    flushQueue,
    topics,
    table,
    retained,
    router,
  };
  const complete = context as Context;
  context.sessions = new SessionRegistry(complete);
  return complete;
}
