import {
  type Batch,
  DeliveryError,
  type EncodedRecord,
  type RecordWriter,
  type Rejection,
  type RuleOutput,
  type Sink,
  type SinkContext,
  UnrecoverableError,
} from '@millrace/contract';
import { BufferPool } from './buffer-pool.ts';
import type { KafkaClient } from './client.ts';
import { recoverable, unhealthyTarget, unrecoverable } from './errors.ts';
import { murmur2, phash2 } from './hash.ts';
import { compileHeaders } from './headers.ts';
import { acksOf, isTopicName, type SinkParameters } from './parameters.ts';
import { PartitionProducer, type ProducerSettings } from './partition-producer.ts';
import { ProducerId } from './producer-id.ts';
import { compileField, compileValue, hashKey, timestampFrom, topicOf, writeHead } from './record.ts';
import type { Topic } from './topics.ts';

/** Batches whose memory a sink keeps for the next ones. */
const POOLED_BATCHES = 8;

/** Writes rule outputs to Kafka: the topic is fixed or rendered for each record, a lane is a partition. */
export class KafkaSink implements Sink {
  readonly #parameters: SinkParameters;
  readonly #client: KafkaClient;
  readonly #context: SinkContext;
  readonly #fixedTopic: string | undefined;
  readonly #readTimestamp;
  readonly #writeKey;
  readonly #writeValue;
  readonly #writeHeaders;
  readonly #producerSettings: ProducerSettings;
  readonly #producers = new Map<string, PartitionProducer>();
  readonly #random: () => number;
  #hasWarned = false;
  #refresher: NodeJS.Timeout | undefined;

  constructor(parameters: SinkParameters, client: KafkaClient, context: SinkContext, random = Math.random) {
    this.#parameters = parameters;
    this.#client = client;
    this.#context = context;
    this.#random = random;
    this.#fixedTopic = parameters.topic.isConstant ? parameters.topic.source : undefined;
    this.#producerSettings = {
      acks: acksOf(parameters),
      compression: parameters.compression,
      producerId: new ProducerId(() => client.producerIdentity()),
      pool: new BufferPool(POOLED_BATCHES),
    };
    this.#readTimestamp = compileValue(parameters.message.timestamp);
    this.#writeKey = compileField(parameters.message.key);
    this.#writeValue = compileField(parameters.message.value);
    this.#writeHeaders = compileHeaders(parameters, (key) => this.#warnAboutHeader(key));
  }

  encode(output: RuleOutput, record: RecordWriter): void {
    const topic = this.#fixedTopic === undefined ? this.#renderTopic(output) : undefined;
    writeHead(record, timestampFrom(this.#readTimestamp(output), Date.now), topic);
    this.#writeKey(output, record);
    this.#writeValue(output, record);
    this.#writeHeaders(output, record);
  }

  lane(record: EncodedRecord): string | Promise<string> {
    const name = topicOf(record) ?? this.#fixedTopic;
    if (name === undefined) throw noTopic();
    const topic = this.#client.topics.known(name);
    return topic === undefined ? this.#laneOfNew(record, name) : this.#laneIn(topic, record);
  }

  async write(batch: Batch, signal: AbortSignal): Promise<readonly Rejection[] | undefined> {
    const { topic, partition } = splitLane(batch.lane);
    try {
      await this.#checkPartition(topic, partition);
      await this.#producer(batch.lane, topic, partition).send(batch.records, signal);
      return undefined;
    } catch (error) {
      return this.#refused(error, topic, batch);
    }
  }

  async prepare(): Promise<void> {
    this.#startRefreshing();
    if (this.#fixedTopic === undefined) return;
    await this.#findFixed(this.#fixedTopic, unhealthyTarget);
  }

  async check(): Promise<void> {
    const topic = this.#fixedTopic;
    if (topic === undefined) return this.#client.check();
    await this.#findFixed(topic, recoverable);
    await this.#client.checkLeaders(topic);
  }

  async close(): Promise<void> {
    clearInterval(this.#refresher);
    this.#producers.clear();
  }

  #renderTopic(output: RuleOutput): string {
    const { topic } = this.#parameters;
    const name = topic.strict(output);
    if (name === undefined) {
      throw unrecoverable(
        'KAFKA_TOPIC_NOT_RENDERED',
        `A variable of the topic \`${topic.source}\` is missing or empty; select it in the rule, with coalesce() for a default`,
      );
    }
    if (isTopicName(name)) return name;
    throw unrecoverable('KAFKA_INVALID_TOPIC', `The topic \`${topic.source}\` was rendered to what is no topic name`);
  }

  async #laneOfNew(record: EncodedRecord, name: string): Promise<string> {
    return this.#laneIn(await this.#find(name), record);
  }

  /** The topic, or, for a fixed one, an error that waits for the operator instead of failing the record. */
  async #find(name: string): Promise<Topic> {
    try {
      return await this.#client.topics.find(name);
    } catch (error) {
      throw name === this.#fixedTopic ? asWaiting(error) : error;
    }
  }

  #laneIn(topic: Topic, record: EncodedRecord): string {
    const { partitions_limit: limit } = this.#parameters;
    const count = limit === 'all_partitions' ? topic.lanes.length : Math.min(limit, topic.lanes.length);
    const lane = topic.lanes[this.#choose(topic, record, count)];
    if (lane !== undefined) return lane;
    throw recoverable('KAFKA_METADATA_FAILED', `Topic ${topic.name} has no partitions yet`);
  }

  #choose(topic: Topic, record: EncodedRecord, count: number): number {
    const { partition_strategy: strategy } = this.#parameters;
    if (strategy === 'key_dispatch') return hashKey(record, phash2) % count;
    if (strategy === 'murmur2') {
      const hash = hashKey(record, hashOfPresent);
      if (hash >= 0) return hash % count;
    }
    return this.#chooseAny(topic, count);
  }

  /** Any partition, or the next one that has a leader. */
  #chooseAny({ leaders }: Topic, count: number): number {
    const chosen = Math.floor(this.#random() * count);
    for (let step = 0; step < count; step += 1) {
      const partition = (chosen + step) % count;
      if ((leaders[partition] ?? -1) >= 0) return partition;
    }
    return chosen;
  }

  /** A topic made anew with fewer partitions has no place for records of the others. */
  async #checkPartition(topic: string, partition: number): Promise<void> {
    const known = this.#client.topics.known(topic) ?? (await this.#find(topic));
    if (partition < known.lanes.length) return;
    throw unrecoverable('KAFKA_PARTITION_LOST', `Topic ${topic} has no partition ${partition} any more`);
  }

  #producer(lane: string, topic: string, partition: number): PartitionProducer {
    const existing = this.#producers.get(lane);
    if (existing !== undefined) return existing;
    const created = new PartitionProducer(this.#client, this.#producerSettings, topic, partition);
    this.#producers.set(lane, created);
    return created;
  }

  /** When the place itself is gone every record is refused, and splitting the batch would find out nothing. */
  #refused(error: unknown, topic: string, batch: Batch): readonly Rejection[] {
    if (!(error instanceof UnrecoverableError)) throw error;
    if (error.code === 'KAFKA_UNKNOWN_TOPIC' && topic === this.#fixedTopic) throw asWaiting(error);
    if (error.code !== 'KAFKA_UNKNOWN_TOPIC' && error.code !== 'KAFKA_PARTITION_LOST') throw error;
    return batch.records.map((_, index) => ({ index, error }));
  }

  async #findFixed(topic: string, fail: typeof unhealthyTarget | typeof recoverable): Promise<void> {
    try {
      await this.#client.topics.recheck(topic);
    } catch (error) {
      if (error instanceof UnrecoverableError) throw fail('KAFKA_TOPIC_NOT_FOUND', error.message);
      throw error;
    }
  }

  #startRefreshing(): void {
    clearInterval(this.#refresher);
    this.#refresher = setInterval(() => this.#refresh(), this.#parameters.partition_count_refresh_interval).unref();
  }

  #refresh(): void {
    const names = new Set([...this.#producers.keys()].map((lane) => splitLane(lane).topic));
    for (const name of names) {
      this.#client.topics.refresh(name).catch((error: unknown) => {
        this.#context.log.debug({ id: this.#context.id, topic: name, error }, 'looking for added partitions failed');
      });
    }
  }

  #warnAboutHeader(key: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#context.log.warn(
      { id: this.#context.id, header: key },
      'header left out, its value is no text; set kafka_header_value_encode_mode = json to send it (said once)',
    );
  }
}

function hashOfPresent(bytes: Uint8Array, start: number, end: number): number {
  return start === end ? -1 : murmur2(bytes, start, end);
}

function splitLane(lane: string): { readonly topic: string; readonly partition: number } {
  const dash = lane.lastIndexOf('-');
  return { topic: lane.slice(0, dash), partition: Number(lane.slice(dash + 1)) };
}

function asWaiting(error: unknown): unknown {
  return error instanceof DeliveryError && !error.recoverable
    ? recoverable('KAFKA_TOPIC_NOT_FOUND', error.message)
    : error;
}

function noTopic(): UnrecoverableError {
  return unrecoverable(
    'KAFKA_TOPIC_NOT_RENDERED',
    'The record was queued for a fixed topic, which the action no longer has',
  );
}
