import type { Entry } from '../buffer/block.ts';
import type { Clock } from '../ports.ts';
import type { Lane, Work } from './lane.ts';
import type { DispatchSettings } from './settings.ts';

export interface BatcherOptions {
  readonly settings: DispatchSettings;
  readonly clock: Clock;
  /** Settles the record as expired when its life is over, and says so. */
  readonly expire: (entry: Entry) => boolean;
  /** A batch has waited long enough. */
  readonly wake: (lane: Lane) => void;
}

/** Decides what a lane sends next: first what has to go out again, then a batch of what waits. */
export class Batcher {
  /** Part batches leave at once, whatever the settings say. */
  isFlushing = false;
  readonly #options: BatcherOptions;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Takes the next work out of the lane; undefined when nothing is to be sent now. */
  next(lane: Lane): Work | undefined {
    return this.#nextRetry(lane) ?? this.#nextBatch(lane);
  }

  /** Leaves out the records whose life has ended meanwhile. */
  #nextRetry(lane: Lane): Work | undefined {
    for (let work = lane.retries.shift(); work !== undefined; work = lane.retries.shift()) {
      const entries = work.entries.filter((entry) => !entry.isSettled && !this.#options.expire(entry));
      if (entries.length > 0) return { entries, isPart: work.isPart };
    }
    return undefined;
  }

  #nextBatch(lane: Lane): Work | undefined {
    const { maxBatchRecords, maxBatchBytes } = this.#options.settings;
    const isFull = lane.waiting.length >= maxBatchRecords || lane.waitingBytes >= maxBatchBytes;
    if (!isFull && !this.#mayLeavePartial(lane)) return undefined;
    const entries: Entry[] = [];
    let bytes = 0;
    for (
      let entry = lane.waiting.peek();
      entry !== undefined && entries.length < maxBatchRecords;
      entry = lane.waiting.peek()
    ) {
      if (entries.length > 0 && bytes + entry.size > maxBatchBytes) break;
      lane.shift();
      if (this.#options.expire(entry)) continue;
      entries.push(entry);
      bytes += entry.size;
    }
    return entries.length === 0 ? undefined : { entries, isPart: false };
  }

  /** Without a linger time a part batch leaves when the lane has nothing in flight: it fills while a call runs. */
  #mayLeavePartial(lane: Lane): boolean {
    const first = lane.waiting.peek();
    if (first === undefined) return false;
    if (this.isFlushing) return true;
    const { settings, clock, wake } = this.#options;
    if (settings.lingerMs === 0) return lane.calls.size === 0;
    const wait = first.enqueuedAt + settings.lingerMs - clock.now();
    if (wait <= 0) return true;
    lane.cancelTimer ??= clock.after(wait, () => wake(lane));
    return false;
  }
}
