import type { EncodedRecord } from '@millrace/contract';
import {
  BATCH_HEAD,
  finishBatch,
  NO_SEQUENCE,
  type Records,
  recordsBound,
  type Sequence,
  writeRecords,
} from './batch.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { KafkaClient } from './client.ts';
import { type Codec, codecFor } from './compression.ts';
import { nameOf, recoverable, unrecoverable, verdictOf } from './errors.ts';
import { MAX_IDEMPOTENT_INFLIGHT, type SinkParameters } from './parameters.ts';
import type { ProduceAnswer } from './produce.ts';
import type { ProducerId } from './producer-id.ts';
import { type Attempt, Sequencer } from './sequencer.ts';

export interface ProducerSettings {
  readonly acks: -1 | 0 | 1;
  readonly compression: SinkParameters['compression'];
  readonly producerId: ProducerId;
  readonly pool: BufferPool;
}

/** A batch with room for its head in front, still without its place in the order. */
interface Prepared {
  /** The memory behind, when it goes back to the pool. */
  readonly pooled: Buffer | undefined;
  readonly bytes: Buffer;
  readonly records: Records;
  readonly codec: number;
}

interface Sent {
  readonly attempt: Attempt;
  /** Settles with the verdict. */
  answer: Promise<void>;
  /** Nobody waits for the verdict any more; the request still takes up its place in flight. */
  isAborted: boolean;
}

/**
 * Sends the batches of one partition, several at a time, and keeps their order.
 *
 * Invariants:
 * - Batches leave in the order of the calls of `send`, on one connection to the leader.
 * - When one fails, every batch that was given to `send` after it fails too, with an error that may be retried, even if
 *   the broker took it; numbering (see `Sequencer`) keeps the repetition from being stored twice.
 * - Until all of them have failed, new ones fail at once. So what is sent next is a repetition that starts from the
 *   oldest failed batch.
 */
export class PartitionProducer {
  readonly #client: KafkaClient;
  readonly #settings: ProducerSettings;
  readonly #topic: string;
  readonly #partition: number;
  readonly #sequencer = new Sequencer();
  /** False when batches carry no numbers: nothing is acknowledged, or the account may not have a producer id. */
  #isNumbered: boolean;
  /** Counts failures: a batch that started before the last one belongs to what failed. */
  #generation = 0;
  /** Calls of `send` that have not settled. */
  #pending = 0;
  #isDraining = false;
  #inFlight = 0;
  #tail: Promise<void> = Promise.resolve();
  #settled = Promise.withResolvers<void>();

  constructor(client: KafkaClient, settings: ProducerSettings, topic: string, partition: number) {
    this.#client = client;
    this.#settings = settings;
    this.#topic = topic;
    this.#partition = partition;
    this.#isNumbered = settings.acks !== 0;
  }

  /** Resolves when the broker has the batch, or, with `acks = 0`, when it was handed to the connection. */
  async send(records: readonly EncodedRecord[], signal: AbortSignal): Promise<void> {
    if (this.#isDraining) throw this.#earlierFailed();
    const generation = this.#generation;
    this.#pending += 1;
    try {
      const sent = await this.#inTurn(this.#prepare(records), generation, signal);
      await this.#answered(sent, generation, signal);
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) this.#isDraining = false;
    }
  }

  /** Sends the batch after the one before it has left. A failure counts before the next one may try. */
  async #inTurn(prepared: Promise<Prepared> | Prepared, generation: number, signal: AbortSignal): Promise<Sent> {
    const turn = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = promise;
    try {
      const batch = await prepared;
      await turn;
      this.#stillCurrent(generation, signal);
      const broker = await aborting(this.#client.leader(this.#topic, this.#partition), signal);
      await aborting(this.#needProducer(), signal);
      await aborting(this.#askWhatIsStored(broker), signal);
      return await this.#dispatch(batch, broker, generation, signal);
    } catch (error) {
      this.#fail(generation);
      throw error;
    } finally {
      resolve();
    }
  }

  async #dispatch(batch: Prepared, broker: BrokerConnection, generation: number, signal: AbortSignal): Promise<Sent> {
    await this.#until(() => this.#inFlight < this.#limit, generation, signal);
    const quiet = broker.quiet();
    if (quiet !== undefined) await aborting(quiet, signal);
    this.#stillCurrent(generation, signal);
    const repeated = this.#repeat(batch);
    if (repeated === undefined) await this.#renewIfNeeded(generation, signal);
    else if (this.#sequencer.hasStored(repeated)) return this.#alreadyStored(repeated);
    // Nothing is waited for between taking numbers and sending them: a gap would cost a round of failures.
    const attempt = repeated ?? this.#place(batch);
    this.#inFlight += 1;
    const sent: Sent = { attempt, answer: Promise.resolve(), isAborted: false };
    const { acks } = this.#settings;
    sent.answer = broker.produce({ topic: this.#topic, partition: this.#partition, acks, bytes: batch.bytes }).then(
      (answer) => {
        // Only an answer proves that the request has left the process and its bytes are free.
        if (acks !== 0 && batch.pooled !== undefined) this.#settings.pool.give(batch.pooled);
        this.#onAnswer(sent, generation, answer);
      },
      (error: unknown) => this.#onLost(sent, generation, error),
    );
    return sent;
  }

  async #answered(sent: Sent, generation: number, signal: AbortSignal): Promise<void> {
    const onAbort = () => {
      sent.isAborted = true;
      this.#sequencer.keep(sent.attempt);
      this.#fail(generation);
    };
    await aborting(sent.answer, signal, onAbort);
  }

  /** Judges before anyone waiting for a place in flight may go on. */
  #onAnswer(sent: Sent, generation: number, answer: ProduceAnswer): void {
    try {
      if (sent.isAborted) return;
      if (generation === this.#generation) return this.#judge(answer, sent.attempt);
      this.#sequencer.keep(sent.attempt);
      throw this.#earlierFailed();
    } catch (error) {
      this.#fail(generation);
      throw error;
    } finally {
      this.#landed();
    }
  }

  #onLost(sent: Sent, generation: number, error: unknown): void {
    const isFirst = generation === this.#generation;
    if (!sent.isAborted) this.#sequencer.keep(sent.attempt);
    this.#fail(generation);
    this.#landed();
    throw isFirst ? error : this.#earlierFailed();
  }

  /** From here on everything fails that was given to `send` before the caller could know. */
  #fail(generation: number): void {
    if (generation !== this.#generation) return;
    this.#generation += 1;
    this.#isDraining = true;
  }

  #judge({ errorCode, message }: ProduceAnswer, attempt: Attempt): void {
    const verdict = verdictOf(errorCode);
    if (verdict === 'taken') return this.#sequencer.establish();
    if (verdict === 'retry' || verdict === 'moved' || verdict === 'forbidden') this.#sequencer.keep(attempt);
    else this.#sequencer.abandon();
    if (verdict === 'moved') this.#client.topics.invalidate(this.#topic);

    const told = `${nameOf(errorCode)}${message === undefined ? '' : ` (${message})`}`;
    const attempted = `Partition ${this.#partition} of topic ${this.#topic}`;
    if (verdict === 'too_large') {
      throw unrecoverable(
        'KAFKA_TOO_LARGE',
        `${attempted} refused ${attempt.length} bytes: ${told}; raise max.message.bytes`,
      );
    }
    if (verdict === 'rejected') throw unrecoverable('KAFKA_REJECTED', `${attempted} refused the batch: ${told}`);
    if (verdict === 'forbidden') {
      throw recoverable('KAFKA_NOT_AUTHORIZED', `${attempted}: ${told}; give the account the right to write`);
    }
    throw recoverable('KAFKA_BROKER_ERROR', `${attempted} could not take the batch now: ${told}`);
  }

  get #limit(): number {
    if (this.#settings.acks === 0) return Number.POSITIVE_INFINITY;
    return this.#isNumbered && this.#sequencer.isEstablished ? MAX_IDEMPOTENT_INFLIGHT : 1;
  }

  #prepare(records: readonly EncodedRecord[]): Promise<Prepared> | Prepared {
    const codec = codecFor(this.#settings.compression, this.#client.library);
    return codec === undefined ? this.#gather(records) : compress(records, codec);
  }

  #gather(records: readonly EncodedRecord[]): Prepared {
    const pooled = this.#settings.pool.take(BATCH_HEAD + recordsBound(records));
    const written = writeRecords(records, pooled, BATCH_HEAD);
    return { pooled, bytes: pooled.subarray(0, written.end), records: written, codec: 0 };
  }

  async #needProducer(): Promise<void> {
    if (!this.#isNumbered || !this.#sequencer.needsProducer) return;
    const identity = await this.#settings.producerId.get(this.#sequencer.spent);
    if (identity === undefined) this.#isNumbered = false;
    else this.#sequencer.start(identity.id, identity.epoch);
  }

  async #askWhatIsStored(broker: BrokerConnection): Promise<void> {
    const producer = this.#isNumbered ? this.#sequencer.uncertain : undefined;
    if (producer === undefined) return;
    this.#sequencer.learn(await broker.storedSequence(this.#topic, this.#partition, producer));
  }

  #alreadyStored(attempt: Attempt): Sent {
    this.#sequencer.establish();
    return { attempt, answer: Promise.resolve(), isAborted: false };
  }

  /** The number the batch had when its fate became unknown, if it is that batch again. */
  #repeat(batch: Prepared): Attempt | undefined {
    const before = this.#isNumbered ? this.#sequencer.repeated : undefined;
    if (before === undefined || before.count !== batch.records.count || before.length !== batch.bytes.length) {
      return undefined;
    }
    if (this.#finish(batch, before.sequence) !== before.checksum) return undefined;
    this.#sequencer.takeRepeated();
    return before;
  }

  async #renewIfNeeded(generation: number, signal: AbortSignal): Promise<void> {
    if (!this.#isNumbered || !this.#sequencer.mustRenew) return;
    await this.#until(() => this.#inFlight === 0, generation, signal);
    this.#sequencer.renew();
    await aborting(this.#needProducer(), signal);
  }

  #place(batch: Prepared): Attempt {
    const { count } = batch.records;
    const sequence = this.#isNumbered ? this.#sequencer.take(count) : NO_SEQUENCE;
    return { sequence, count, length: batch.bytes.length, checksum: this.#finish(batch, sequence) };
  }

  #finish({ bytes, records, codec }: Prepared, sequence: Sequence): number {
    return finishBatch(bytes, records, codec, sequence, this.#client.crc32c);
  }

  #landed(): void {
    this.#inFlight -= 1;
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }

  async #until(isMet: () => boolean, generation: number, signal: AbortSignal): Promise<void> {
    while (!isMet()) {
      await aborting(this.#settled.promise, signal);
      this.#stillCurrent(generation, signal);
    }
  }

  #stillCurrent(generation: number, signal: AbortSignal): void {
    if (generation !== this.#generation) throw this.#earlierFailed();
    if (signal.aborted) throw aborted();
  }

  #earlierFailed(): Error {
    return recoverable(
      'KAFKA_EARLIER_BATCH_FAILED',
      `An earlier batch for partition ${this.#partition} of topic ${this.#topic} failed; this one waits to keep order`,
    );
  }
}

async function compress(records: readonly EncodedRecord[], codec: Codec): Promise<Prepared> {
  const plain = Buffer.allocUnsafeSlow(recordsBound(records));
  const written = writeRecords(records, plain, 0);
  const compressed = await codec.compress(plain.subarray(0, written.end));
  return {
    pooled: undefined,
    bytes: Buffer.concat([Buffer.allocUnsafe(BATCH_HEAD), compressed]),
    records: written,
    codec: codec.id,
  };
}

/** Rejects when the signal aborts first. */
async function aborting<T>(promise: Promise<T>, signal: AbortSignal, onAbort?: () => void): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = () => {
    onAbort?.();
    reject(aborted());
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function aborted(): Error {
  return recoverable('KAFKA_ABORTED', 'The write was called off before Kafka had answered');
}
