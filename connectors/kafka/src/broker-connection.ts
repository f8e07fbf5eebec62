import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '@millrace/contract';
import type { ResponseParser } from '@platformatic/kafka';
import { connectionLost, loginRefused, recoverable, unreachable } from './errors.ts';
import type { Library } from './library.ts';
import { logIn } from './login.ts';
import {
  decodeAnswer,
  encodeHead,
  encodeTail,
  isFlexible,
  PRODUCE_KEY,
  PRODUCE_VERSIONS,
  type ProduceAnswer,
} from './produce.ts';
import type { Login } from './security.ts';
import { Wire, type WireOptions } from './wire.ts';

export interface BrokerSettings extends Omit<WireOptions, 'tls'> {
  readonly metadataTimeoutMs: number;
  readonly tls: (host: string) => WireOptions['tls'];
  readonly login: Login | undefined;
}

export interface ProduceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly acks: number;
  readonly bytes: Buffer;
}

export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

/** What this connector reads of a Metadata answer. */
export interface ClusterMetadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly {
    readonly errorCode: number;
    readonly name?: string | null | undefined;
    readonly partitions: readonly { readonly partitionIndex: number; readonly leaderId: number }[];
  }[];
}

interface ProducerIdAnswer {
  readonly errorCode: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

const METADATA_KEY = 3;
const INIT_PRODUCER_ID_KEY = 22;
const SASL_AUTHENTICATE_KEY = 36;

/** A login is renewed after this share of its life. */
const SHARE_OF_LOGIN = 0.8;

/** One logged-in connection to one broker: the requests this connector needs, as promises with our errors. */
export class BrokerConnection {
  readonly address: Authority;
  readonly #library: Library;
  readonly #settings: BrokerSettings;
  readonly #wire: Wire;
  #versions: ReadonlyMap<number, readonly [min: number, max: number]> = new Map();
  #produceVersion = 0;
  #quietUntil = 0;
  #renewal: NodeJS.Timeout | undefined;
  #onLost: ((reason: Error) => void) | undefined;

  private constructor(library: Library, address: Authority, settings: BrokerSettings, wire: Wire) {
    this.address = address;
    this.#library = library;
    this.#settings = settings;
    this.#wire = wire;
    wire.whenLost((error) => {
      clearTimeout(this.#renewal);
      this.#onLost?.(connectionLost(address, error));
    });
  }

  /** Connects, logs in and learns which versions the broker speaks. Throws a `NotConnectedError` that names the cause. */
  static async open(
    library: Library,
    address: Authority,
    settings: BrokerSettings,
    signal: AbortSignal,
  ): Promise<BrokerConnection> {
    try {
      const wireOptions = { ...settings, tls: settings.tls(address.host) };
      const wire = await Wire.connect(library, address, wireOptions, signal);
      const broker = new BrokerConnection(library, address, settings, wire);
      await broker.#greet(signal);
      return broker;
    } catch (error) {
      throw unreachable(address, error);
    }
  }

  get isOpen(): boolean {
    return this.#wire.isOpen;
  }

  /** Calls back once when the connection is gone for a reason other than `close`. */
  onLost(callback: (reason: Error) => void): void {
    this.#onLost = callback;
  }

  close(): void {
    this.#onLost = undefined;
    this.#wire.destroy(new Error('the connection was closed'));
  }

  /** Topics with their partitions and leaders, and all brokers. An empty list asks for the brokers alone. */
  async metadata(topics: readonly string[], mayCreate: boolean): Promise<ClusterMetadata> {
    const { metadataV12, metadataV9, metadataV4 } = this.#library;
    const api = this.#newest(METADATA_KEY, [metadataV12.api, metadataV9.api, metadataV4.api]);
    try {
      return await this.#inTime(api.async(this.#wire.asConnection, [...topics], mayCreate));
    } catch (error) {
      const answer = responseIn(error);
      if (answer !== undefined) return answer as ClusterMetadata;
      throw connectionLost(this.address, this.#wire.error ?? error);
    }
  }

  /** A new producer id; undefined when the account may not have one. */
  async initProducerId(): Promise<ProducerIdentity | undefined> {
    for (let tries = 1; ; tries += 1) {
      const { errorCode, producerId, producerEpoch } = await this.#askProducerId();
      if (errorCode === 0) return { id: producerId, epoch: producerEpoch };
      if (NO_PRODUCER_ID.has(errorCode)) return undefined;
      if (tries === PRODUCER_ID_TRIES) {
        throw recoverable('KAFKA_BROKER_ERROR', `Kafka gives no producer id yet (error code ${errorCode})`);
      }
      await sleep(PRODUCER_ID_PAUSE_MS, undefined, { ref: false });
    }
  }

  /** The last number of this producer that the leader has stored; undefined when it has none or will not say. */
  async storedSequence(topic: string, partition: number, producer: ProducerIdentity): Promise<number | undefined> {
    const { api } = this.#library.describeProducersV0;
    if (!this.#versions.has(api.key)) return undefined;
    try {
      const answer = await this.#inTime(
        api.async(this.#wire.asConnection, [{ name: topic, partitionIndexes: [partition] }]),
      );
      const known = answer.topics[0]?.partitions[0]?.activeProducers ?? [];
      return known.find((one) => one.producerId === producer.id && one.producerEpoch === producer.epoch)?.lastSequence;
    } catch (error) {
      if (responseIn(error) !== undefined) return undefined;
      throw connectionLost(this.address, this.#wire.error ?? error);
    }
  }

  async #askProducerId(): Promise<ProducerIdAnswer> {
    const { initProducerIdV4, initProducerIdV0 } = this.#library;
    const api = this.#newest(INIT_PRODUCER_ID_KEY, [initProducerIdV4.api, initProducerIdV0.api]);
    try {
      return await this.#inTime(api.async(this.#wire.asConnection, null, 0, -1n, -1));
    } catch (error) {
      const answer = responseIn(error);
      if (answer !== undefined) return answer as ProducerIdAnswer;
      throw connectionLost(this.address, this.#wire.error ?? error);
    }
  }

  /**
   * Sends one batch. The request is on its way when this returns, so calls leave in order; `bytes` may be used again
   * only after the answer. With `acks = 0` there is no answer and the promise resolves at once.
   */
  produce(batch: ProduceBatch): Promise<ProduceAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ProduceAnswer>();
    const version = this.#produceVersion;
    this.#wire.send<ProduceAnswer>(
      PRODUCE_KEY,
      version,
      () => this.#produceRequest(batch, version),
      produceParser,
      isFlexible(version),
      isFlexible(version),
      (error, answer) => {
        if (error !== null && error !== undefined) reject(connectionLost(this.address, this.#wire.error ?? error));
        else resolve(batch.acks === 0 || answer === undefined ? NO_ANSWER : this.#heed(answer));
      },
    );
    return promise;
  }

  /** Resolves when the broker, which asked to be left alone, may be sent to again; undefined when it may now. */
  quiet(): Promise<unknown> | undefined {
    const remaining = this.#quietUntil - Date.now();
    return remaining > 0 ? sleep(remaining, undefined, { ref: false }) : undefined;
  }

  async #greet(signal: AbortSignal): Promise<void> {
    const callOff = () => this.#wire.destroy(new Error('the connection attempt was called off'));
    const timer = setTimeout(
      () => this.#wire.destroy(new Error('login took too long')),
      this.#settings.connectTimeoutMs,
    );
    signal.addEventListener('abort', callOff, { once: true });
    try {
      const { apiKeys } = await this.#library.apiVersionsV1.api.async(this.#wire.asConnection, '', '');
      this.#versions = new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]));
      await this.#logIn();
      this.#produceVersion = this.#newest(
        PRODUCE_KEY,
        PRODUCE_VERSIONS.map((version) => ({ version })),
      ).version;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', callOff);
    }
  }

  async #logIn(): Promise<void> {
    const { login } = this.#settings;
    if (login === undefined) return;
    const { saslAuthenticateV2, saslAuthenticateV1, saslAuthenticateV0 } = this.#library;
    const apis = [saslAuthenticateV2.api, saslAuthenticateV1.api, saslAuthenticateV0.api];
    const api = this.#newest(SASL_AUTHENTICATE_KEY, apis);
    const lifeMs = await this.#wire
      .exclusively(() => logIn(this.#library, this.#wire, login, api))
      .catch((error: unknown) => {
        // A login that fails on a sound connection was answered.
        throw this.#wire.isOpen ? loginRefused(this.address, error) : error;
      });
    if (lifeMs > 0) this.#renewal = setTimeout(() => this.#renewLogin(), lifeMs * SHARE_OF_LOGIN).unref();
  }

  #renewLogin(): void {
    this.#logIn().catch((error: Error) => this.#wire.destroy(error));
  }

  /** The first of our versions, newest first, that the broker speaks as well. */
  #newest<T extends { readonly version: number }>(key: number, ours: readonly T[]): T {
    const [min, max] = this.#versions.get(key) ?? [0, -1];
    const found = ours.find(({ version }) => version >= min && version <= max);
    if (found !== undefined) return found;
    throw new Error(`broker ${this.address.host}:${this.address.port} is too old: Kafka 0.11 or newer is needed`);
  }

  #produceRequest({ topic, partition, acks, bytes }: ProduceBatch, version: number) {
    const timeoutMs = Math.ceil(this.#settings.requestTimeoutMs / 2);
    const writer = this.#library.Writer.create();
    writer.append(encodeHead({ version, topic, partition, acks, timeoutMs }, bytes.length));
    writer.append(bytes).append(encodeTail(version));
    if (acks === 0) writer.context.noResponse = true;
    return writer;
  }

  #heed(answer: ProduceAnswer): ProduceAnswer {
    if (answer.throttleMs > 0) this.#quietUntil = Date.now() + answer.throttleMs;
    return answer;
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const timer = new AbortController();
    const late = sleep(this.#settings.metadataTimeoutMs, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`no answer in ${this.#settings.metadataTimeoutMs} ms`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([answer, late]);
    } finally {
      answer.catch(() => {});
      timer.abort();
    }
  }
}

/** CLUSTER_AUTHORIZATION_FAILED and kin: the account may write but not number its batches (brokers before 2.8). */
const NO_PRODUCER_ID: ReadonlySet<number> = new Set([31, 53]);

/** A broker fetches a block of ids when it is asked for the first one, and says "loading" until it has it. */
const PRODUCER_ID_TRIES = 20;
const PRODUCER_ID_PAUSE_MS = 50;

const NO_ANSWER: ProduceAnswer = { errorCode: 0, message: undefined, throttleMs: 0 };

const produceParser: ResponseParser<ProduceAnswer> = (_correlationId, _apiKey, version, reader) =>
  decodeAnswer(version, reader);

/** The library throws when an answer holds an error code anywhere, and hangs the answer on the error. */
function responseIn(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'response' in error ? error.response : undefined;
}
