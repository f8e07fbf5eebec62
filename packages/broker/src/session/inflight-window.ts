import type { Publication } from '../delivery/publication.ts';
import type { Receiver } from '../topic/receiver.ts';

/** What a sent message waits for. */
export const InflightState = { free: 0, puback: 1, pubrec: 2, pubcomp: 3 } as const;
export type InflightState = (typeof InflightState)[keyof typeof InflightState];

/** One unfinished delivery, for redelivery and inspection. */
export interface InflightEntry {
  readonly packetId: number;
  readonly state: InflightState;
  /** Undefined once the client has the message (QoS 2, waiting for PUBCOMP). */
  readonly publication: Publication | undefined;
  readonly receiver: Receiver;
  readonly isRetained: boolean;
}

/**
 * The QoS 1 and 2 messages that a client has not finished acknowledging, and its packet ids.
 *
 * Ids are given out in sequence. An id has its place at `id mod capacity`; when that place is still taken by an older one,
 * the id is skipped, so that finding an id is one comparison and needs no map. The capacity is at least twice the window.
 */
export class InflightWindow {
  readonly limit: number;
  readonly #mask: number;
  readonly #ids: Uint16Array;
  readonly #states: Uint8Array;
  readonly #retained: Uint8Array;
  readonly #sequences: Float64Array;
  readonly #publications: (Publication | undefined)[];
  readonly #receivers: (Receiver | undefined)[];
  #size = 0;
  #lastId = 0;
  #sequence = 0;

  constructor(limit: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.min(limit, 32_768) * 2));
    this.limit = Math.min(limit, capacity);
    this.#mask = capacity - 1;
    this.#ids = new Uint16Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#retained = new Uint8Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#publications = Array.from({ length: capacity }, () => undefined);
    this.#receivers = Array.from({ length: capacity }, () => undefined);
  }

  get size(): number {
    return this.#size;
  }

  /** Remembers a message and answers its packet id. The window must not be full [MQTT-2.2.1-4]. */
  add(publication: Publication, receiver: Receiver, state: InflightState, isRetained: boolean): number {
    const id = this.#nextId();
    const place = id & this.#mask;
    this.#ids[place] = id;
    this.#states[place] = state;
    this.#retained[place] = isRetained ? 1 : 0;
    this.#sequences[place] = this.#sequence;
    this.#publications[place] = publication;
    this.#receivers[place] = receiver;
    this.#sequence += 1;
    this.#size += 1;
    return id;
  }

  stateOf(packetId: number): InflightState {
    const place = packetId & this.#mask;
    return this.#ids[place] === packetId ? (this.#states[place] as InflightState) : InflightState.free;
  }

  publicationOf(packetId: number): Publication | undefined {
    const place = packetId & this.#mask;
    return this.#ids[place] === packetId ? this.#publications[place] : undefined;
  }

  /** PUBREC has come: the message itself is not needed any more. */
  release(packetId: number): void {
    const place = packetId & this.#mask;
    this.#states[place] = InflightState.pubcomp;
    this.#publications[place] = undefined;
  }

  /** The delivery is finished. */
  remove(packetId: number): void {
    const place = packetId & this.#mask;
    if (this.#ids[place] !== packetId || this.#states[place] === InflightState.free) return;
    this.#states[place] = InflightState.free;
    this.#ids[place] = 0;
    this.#publications[place] = undefined;
    this.#receivers[place] = undefined;
    this.#size -= 1;
  }

  /** In the order they were sent [MQTT-4.6.0-1]. */
  entries(): InflightEntry[] {
    const places: number[] = [];
    for (const [place, state] of this.#states.entries()) if (state !== InflightState.free) places.push(place);
    places.sort((one, other) => (this.#sequences[one] ?? 0) - (this.#sequences[other] ?? 0));
    return places.map((place) => ({
      packetId: this.#ids[place] ?? 0,
      state: (this.#states[place] ?? 0) as InflightState,
      publication: this.#publications[place],
      receiver: this.#receivers[place]!, // set while the state is not free
      isRetained: this.#retained[place] === 1,
    }));
  }

  #nextId(): number {
    do {
      this.#lastId = this.#lastId === 65_535 ? 1 : this.#lastId + 1;
    } while (this.#states[this.#lastId & this.#mask] !== InflightState.free);
    return this.#lastId;
  }
}
