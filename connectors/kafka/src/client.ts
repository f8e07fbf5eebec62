import type { Authority, Link, LinkContext, NotConnectedError } from '@millrace/contract';
import {
  BrokerConnection,
  type BrokerSettings,
  type ClusterMetadata,
  type ProducerIdentity,
} from './broker-connection.ts';
import type { ConnectorConfig } from './config.ts';
import { notConnected, recoverable } from './errors.ts';
import { type Crc32c, type Library, type Loaded, loadLibrary } from './library.ts';
import { loginFor, tlsOptionsFor } from './security.ts';
import { type TopicAnswer, TopicDirectory } from './topics.ts';

/** Node id under which the first connection is kept when it is none of the addresses that brokers advertise. */
const BOOTSTRAP = -1;

/**
 * The link to one Kafka cluster: one connection for each broker that is needed, shared by all sinks. Connections to
 * leaders are opened on demand; a broker that goes away takes only its partitions with it. When the last connection is
 * gone the link is lost.
 */
export class KafkaClient implements Link {
  readonly topics: TopicDirectory;
  readonly #config: ConnectorConfig;
  readonly #context: LinkContext;
  readonly #settings: BrokerSettings;
  readonly #brokers = new Map<number, Promise<BrokerConnection>>();
  readonly #open = new Map<number, BrokerConnection>();
  #addresses: ReadonlyMap<number, Authority> = new Map();
  #loaded: Loaded | undefined;
  #life = new AbortController();

  constructor(config: ConnectorConfig, context: LinkContext) {
    this.#config = config;
    this.#context = context;
    this.#settings = brokerSettings(config, context.id);
    this.topics = new TopicDirectory((topic) => this.#askAbout(topic), {
      minRefreshMs: config.min_metadata_refresh_interval,
      createTimeoutMs: config.metadata_request_timeout,
      mayCreate: config.allow_auto_topic_creation,
    });
  }

  get library(): Library {
    return this.#parts().library;
  }

  get crc32c(): Crc32c {
    return this.#parts().crc32c;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close();
    this.#life = new AbortController();
    this.#loaded = await loadLibrary();
    const bootstrap = await this.#openFirst(AbortSignal.any([signal, this.#life.signal]));
    try {
      const metadata = await bootstrap.metadata([], false);
      this.#takeAddresses(metadata);
    } catch (error) {
      bootstrap.close();
      throw error;
    }
    this.#adopt(this.#nodeAt(bootstrap.address), bootstrap);
    this.topics.invalidateAll();
  }

  async check(): Promise<void> {
    const broker = this.#any();
    const topic = this.#config.health_check_topic;
    if (topic === undefined) {
      this.#takeAddresses(await broker.metadata([], false));
      return;
    }
    await this.topics.recheck(topic);
    await this.checkLeaders(topic);
  }

  async close(): Promise<void> {
    this.#life.abort();
    const opening = [...this.#brokers.values()];
    this.#brokers.clear();
    this.#open.clear();
    await Promise.all(opening.map((broker) => broker.then((one) => one.close()).catch(() => {})));
  }

  /** Throws unless at least one leader of the topic has a live connection, opening one when needed. */
  async checkLeaders(name: string): Promise<void> {
    const { leaders } = await this.topics.current(name);
    const nodes = new Set(leaders.filter((node) => node >= 0));
    if ([...nodes].some((node) => this.#open.get(node)?.isOpen === true)) return;
    let reason: unknown;
    for (const node of nodes) {
      try {
        await this.#broker(node);
        return;
      } catch (error) {
        reason = error;
      }
    }
    throw recoverable('KAFKA_NO_LEADER', `No leader of topic ${name} can be reached`, { cause: reason });
  }

  /** The connection to the leader of a partition. Throws a `RecoverableError` while there is none. */
  async leader(topic: string, partition: number): Promise<BrokerConnection> {
    const { leaders } = await this.topics.current(topic);
    const node = leaders[partition];
    if (node === undefined || node < 0) {
      this.topics.invalidate(topic);
      throw recoverable('KAFKA_NO_LEADER', `Partition ${partition} of topic ${topic} has no leader now`);
    }
    const open = this.#open.get(node);
    if (open?.isOpen === true) return open;
    try {
      return await this.#broker(node);
    } catch (error) {
      this.topics.invalidate(topic);
      if (this.#open.size === 0) throw error;
      throw recoverable('KAFKA_NO_LEADER', `The leader of partition ${partition} of topic ${topic} cannot be reached`, {
        cause: error,
      });
    }
  }

  /** A producer id for batches that brokers can number; undefined when the account may not have one. */
  producerIdentity(): Promise<ProducerIdentity | undefined> {
    return this.#any().initProducerId();
  }

  #parts(): Loaded {
    if (this.#loaded === undefined) throw this.#gone();
    return this.#loaded;
  }

  async #openFirst(signal: AbortSignal): Promise<BrokerConnection> {
    let reason: unknown;
    for (const address of this.#config.bootstrap_hosts) {
      try {
        return await BrokerConnection.open(this.library, address, this.#settings, signal);
      } catch (error) {
        reason = error;
        if (signal.aborted) break;
      }
    }
    throw reason;
  }

  /** The connection to a node, opened at most once at a time. */
  #broker(node: number): Promise<BrokerConnection> {
    const existing = this.#brokers.get(node);
    if (existing !== undefined) return existing;
    const address = this.#addresses.get(node);
    if (address === undefined) return Promise.reject(this.#gone());
    const opening = BrokerConnection.open(this.library, address, this.#settings, this.#life.signal);
    this.#brokers.set(node, opening);
    opening.then(
      (broker) => {
        if (this.#brokers.get(node) === opening) this.#adopt(node, broker);
      },
      () => {
        if (this.#brokers.get(node) === opening) this.#brokers.delete(node);
      },
    );
    return opening;
  }

  #adopt(node: number, broker: BrokerConnection): void {
    this.#brokers.set(node, Promise.resolve(broker));
    this.#open.set(node, broker);
    broker.onLost((reason) => this.#onLost(node, broker, reason));
  }

  #onLost(node: number, broker: BrokerConnection, reason: Error): void {
    if (this.#open.get(node) !== broker) return;
    this.#open.delete(node);
    this.#brokers.delete(node);
    this.topics.invalidateNode(node);
    if (this.#open.size === 0) this.#context.lost(reason);
  }

  #any(): BrokerConnection {
    for (const broker of this.#open.values()) if (broker.isOpen) return broker;
    throw this.#gone();
  }

  #gone(): NotConnectedError {
    return notConnected('KAFKA_UNREACHABLE', 'There is no connection to Kafka');
  }

  async #askAbout(name: string): Promise<TopicAnswer> {
    const metadata = await this.#any().metadata([name], this.#config.allow_auto_topic_creation);
    this.#takeAddresses(metadata);
    const topic = metadata.topics.find((one) => one.name === name);
    const leaders: number[] = [];
    for (const { partitionIndex, leaderId } of topic?.partitions ?? []) leaders[partitionIndex] = leaderId;
    return { errorCode: topic?.errorCode ?? 0, leaders };
  }

  #takeAddresses({ brokers }: ClusterMetadata): void {
    if (brokers.length === 0) return;
    this.#addresses = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
  }

  #nodeAt({ host, port }: Authority): number {
    for (const [node, address] of this.#addresses) if (address.host === host && address.port === port) return node;
    return BOOTSTRAP;
  }
}

function brokerSettings(config: ConnectorConfig, id: string): BrokerSettings {
  return {
    clientId: id,
    connectTimeoutMs: config.connect_timeout,
    requestTimeoutMs: config.request_timeout,
    metadataTimeoutMs: config.metadata_request_timeout,
    keepAliveMs: keepAliveMs(config.socket_opts.tcp_keepalive),
    noDelay: config.socket_opts.nodelay,
    tls: (host) => tlsOptionsFor(config.ssl, host),
    login: loginFor(config.authentication),
  };
}

/** `idle,interval,probes` in seconds; Node sets the first, the system decides the others. */
function keepAliveMs(setting: string): number | undefined {
  return setting === 'none' ? undefined : Number(setting.split(',')[0]) * 1000;
}
