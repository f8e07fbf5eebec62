import type { Entry } from '../buffer/block.ts';
import { Lane } from './lane.ts';

/** From this many lanes on, idle ones are forgotten. */
const KEPT_LANES = 1024;

/** All lanes of an action, and the choice of one where the sink leaves it to us. */
export class LaneTable {
  readonly #lanes = new Map<string, Lane>();
  readonly #byHash: Lane[];
  #turn = 0;
  #nextIndex: number;

  constructor(count: number) {
    this.#byHash = Array.from({ length: count }, (_, index) => new Lane(String(index), index));
    for (const lane of this.#byHash) this.#lanes.set(lane.name, lane);
    this.#nextIndex = count;
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes.values();
  }

  named(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#lanes.size > KEPT_LANES) this.#forgetIdle();
      lane = new Lane(name, this.#nextIndex++);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  byHash(hash: number): Lane {
    return this.#byHash[hash % this.#byHash.length]!;
  }

  /** Without order, lanes take turns by whole batches: small numbers of records make few calls. */
  inTurn(batchRecords: number): Lane {
    const lane = this.#byHash[this.#turn]!;
    if (lane.waiting.length < batchRecords) return lane;
    this.#turn = (this.#turn + 1) % this.#byHash.length;
    return this.#byHash[this.#turn]!;
  }

  /** Takes the oldest record that waits in a lane. */
  takeOldestWaiting(): Entry | undefined {
    let oldest: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      const first = lane.waiting.peek();
      if (first !== undefined && first.sequence < (oldest?.waiting.peek()?.sequence ?? Infinity)) oldest = lane;
    }
    return oldest?.shift();
  }

  #forgetIdle(): void {
    for (const [name, lane] of this.#lanes) if (lane.isIdle && !this.#byHash.includes(lane)) this.#lanes.delete(name);
  }
}
