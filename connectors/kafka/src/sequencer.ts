import { NO_SEQUENCE, type Sequence } from './batch.ts';
import type { ProducerIdentity } from './broker-connection.ts';

/** A batch that was sent: its place in the order and what it looked like. */
export interface Attempt {
  readonly sequence: Sequence;
  readonly count: number;
  readonly length: number;
  /** Checksum over the batch, its place included. */
  readonly checksum: number;
}

const LAST_EPOCH = 32_767;
const SEQUENCES = 2 ** 31;

/**
 * Numbers the batches of one partition so that the broker stores each at most once and in order (idempotent producing).
 *
 * Invariants:
 * - A batch whose fate is unknown keeps its number. When exactly that batch comes again, in its turn, it gets the number
 *   again, and a broker that has stored it already answers "taken" without storing it twice.
 * - When something else comes in its turn (split, expired, put together differently) the numbers of the failed batches
 *   cannot be used again: a new epoch begins, and what the broker had stored of them may be stored twice.
 * - A broker remembers the last five batches of a producer, and after its own restart only the last one. So before the
 *   first repetition it is asked for the last number it has stored; what is not beyond it is not sent again.
 * - The broker refuses older epochs from then on, so a request that is still on its way cannot slip in between.
 */
export class Sequencer {
  #producerId: bigint | undefined;
  #spent: bigint | undefined;
  #epoch = 0;
  #next = 0;
  #isEstablished = false;
  /** Last number the broker has stored, as far as it was asked since the last failure. */
  #stored: number | undefined;
  #hasAsked = true;
  #mustRenew = false;
  #unsettled: Attempt[] = [];

  /** True before the first batch, and when the epochs of the producer id are used up. */
  get needsProducer(): boolean {
    return this.#producerId === undefined;
  }

  /** The producer id whose epochs are used up. */
  get spent(): bigint | undefined {
    return this.#spent;
  }

  /**
   * True once the broker has stored a batch of this producer id. Until then it takes any number as the first one, so a
   * second batch could be stored although the one before it was not: they have to go one at a time.
   */
  get isEstablished(): boolean {
    return this.#isEstablished;
  }

  /** A batch was stored. */
  establish(): void {
    this.#isEstablished = true;
  }

  start(producerId: bigint, epoch: number): void {
    this.#isEstablished = false;
    this.#producerId = producerId;
    this.#epoch = epoch;
    this.#restart();
  }

  /** What comes next, if it is a repetition of what failed. */
  get repeated(): Attempt | undefined {
    return this.#mustRenew ? undefined : this.#unsettled[0];
  }

  /** The producer whose stored numbers should be asked for before anything is repeated. */
  get uncertain(): ProducerIdentity | undefined {
    if (this.#hasAsked || this.#producerId === undefined || this.repeated === undefined) return undefined;
    return { id: this.#producerId, epoch: this.#epoch };
  }

  /** What the broker answered; undefined when it would not say, or has nothing. */
  learn(stored: number | undefined): void {
    this.#hasAsked = true;
    this.#stored = stored;
  }

  /** True when the broker is known to have the batch. */
  hasStored({ sequence, count }: Attempt): boolean {
    return this.#stored !== undefined && sequence.first + count - 1 <= this.#stored;
  }

  /** True when the next batch has to begin a new epoch, which must wait until nothing is in flight. */
  get mustRenew(): boolean {
    return this.#mustRenew || this.#unsettled.length > 0;
  }

  /** Begins a new epoch. Forgets the producer id when there is no further epoch. */
  renew(): void {
    this.#epoch += 1;
    if (this.#epoch > LAST_EPOCH) {
      this.#spent = this.#producerId;
      this.#producerId = undefined;
    }
    this.#restart();
  }

  /** Takes the next `count` numbers. */
  take(count: number): Sequence {
    const first = this.#next;
    this.#next = (first + count) % SEQUENCES;
    return { producerId: this.#producerId ?? NO_SEQUENCE.producerId, epoch: this.#epoch, first };
  }

  /** The repetition is on its way. */
  takeRepeated(): void {
    this.#unsettled.shift();
  }

  /** The fate of a batch is unknown. It goes back to its place: repetitions may fail before later ones are repeated. */
  keep(attempt: Attempt): void {
    const { producerId, epoch, first } = attempt.sequence;
    if (this.#mustRenew || producerId !== this.#producerId || epoch !== this.#epoch) return;
    const later = this.#unsettled.findIndex(({ sequence }) => sequence.first > first);
    this.#hasAsked = false;
    this.#stored = undefined;
    this.#unsettled.splice(later < 0 ? this.#unsettled.length : later, 0, attempt);
  }

  /** The numbers are of no use any more: the broker lost count, or a batch was refused for good. */
  abandon(): void {
    this.#mustRenew = true;
    this.#unsettled = [];
  }

  #restart(): void {
    this.#next = 0;
    this.#hasAsked = true;
    this.#stored = undefined;
    this.#mustRenew = false;
    this.#unsettled = [];
  }
}
