import { publisherAt, sequenceAt } from './stamp.ts';

/** What has happened so far, over all connections of a load. */
export class Tally {
  published = 0;
  /** PUBACK, or PUBCOMP at QoS 2. */
  acknowledged = 0;
  delivered = 0;
  /** Messages that a subscriber got after a later one of the same publisher, or twice. */
  disordered = 0;
  /** Deliveries that will not come any more: the broker has dropped them. */
  forgiven = 0;
}

/** Follows the messages of all publishers as one subscriber gets them. */
export class SequenceCheck {
  readonly #tally: Tally;
  readonly #stampAt: number;
  readonly #next: Uint32Array;

  constructor(tally: Tally, stampAt: number, publishers: number) {
    this.#tally = tally;
    this.#stampAt = stampAt;
    this.#next = new Uint32Array(publishers);
  }

  received(bytes: Uint8Array, payloadStart: number): void {
    const at = payloadStart + this.#stampAt;
    const publisher = publisherAt(bytes, at);
    const sequence = sequenceAt(bytes, at);
    if (sequence < (this.#next[publisher] ?? 0)) this.#tally.disordered += 1;
    else this.#next[publisher] = sequence + 1;
    this.#tally.delivered += 1;
  }
}
