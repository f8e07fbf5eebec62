import type { Publication } from '../delivery/publication.ts';
import type { Receiver } from '../topic/receiver.ts';

const INITIAL_PLACES = 16;

/** Messages that wait for a client, oldest first: a growing ring, three arrays side by side. */
export class MessageQueue {
  #publications: (Publication | undefined)[] = emptyPlaces(INITIAL_PLACES);
  #receivers: (Receiver | undefined)[] = emptyPlaces(INITIAL_PLACES);
  #retained = new Uint8Array(INITIAL_PLACES);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(publication: Publication, receiver: Receiver, isRetained: boolean): void {
    if (this.#length === this.#publications.length) this.#grow();
    const place = (this.#head + this.#length) & (this.#publications.length - 1);
    this.#publications[place] = publication;
    this.#receivers[place] = receiver;
    this.#retained[place] = isRetained ? 1 : 0;
    this.#length += 1;
  }

  /** The oldest message; undefined when the queue is empty. Its companions are `headReceiver` and `isHeadRetained`. */
  get head(): Publication | undefined {
    return this.#publications[this.#head];
  }

  get headReceiver(): Receiver {
    return this.#receivers[this.#head]!; // only asked when there is a head
  }

  get isHeadRetained(): boolean {
    return this.#retained[this.#head] === 1;
  }

  /** Removes the oldest. */
  shift(): void {
    if (this.#length === 0) return;
    this.#publications[this.#head] = undefined;
    this.#receivers[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#publications.length - 1);
    this.#length -= 1;
    if (this.#length === 0 && this.#publications.length > 4_096) this.clear();
  }

  clear(): void {
    this.#publications = emptyPlaces(INITIAL_PLACES);
    this.#receivers = emptyPlaces(INITIAL_PLACES);
    this.#retained = new Uint8Array(INITIAL_PLACES);
    this.#head = 0;
    this.#length = 0;
  }

  *entries(): Generator<{ publication: Publication; receiver: Receiver }> {
    for (let step = 0; step < this.#length; step++) {
      const place = (this.#head + step) & (this.#publications.length - 1);
      const publication = this.#publications[place];
      const receiver = this.#receivers[place];
      if (publication !== undefined && receiver !== undefined) yield { publication, receiver };
    }
  }

  #grow(): void {
    const places = this.#publications.length * 2;
    const publications = emptyPlaces<Publication>(places);
    const receivers = emptyPlaces<Receiver>(places);
    const retained = new Uint8Array(places);
    for (let step = 0; step < this.#length; step++) {
      const place = (this.#head + step) & (this.#publications.length - 1);
      publications[step] = this.#publications[place];
      receivers[step] = this.#receivers[place];
      retained[step] = this.#retained[place] ?? 0;
    }
    this.#publications = publications;
    this.#receivers = receivers;
    this.#retained = retained;
    this.#head = 0;
  }
}

function emptyPlaces<T>(length: number): (T | undefined)[] {
  return Array.from({ length }, () => undefined);
}
