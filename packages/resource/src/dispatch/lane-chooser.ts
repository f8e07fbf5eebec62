import { type Sink, UnrecoverableError } from '@millrace/contract';
import type { Entry } from '../buffer/block.ts';
import type { Clock } from '../ports.ts';
import type { Lane } from './lane.ts';
import type { LaneTable } from './lane-table.ts';
import type { DispatchSettings } from './settings.ts';

export interface ChooserOptions {
  readonly sink: Sink;
  readonly lanes: LaneTable;
  readonly settings: DispatchSettings;
  readonly clock: Clock;
  readonly isReady: () => boolean;
  readonly enter: (entry: Entry, lane: Lane) => void;
  readonly refused: (entry: Entry, error: UnrecoverableError) => void;
  /** Tells of a failure that is tried again, and answers how long to wait. */
  readonly failed: (error: unknown, failures: number) => number;
  readonly touched: () => void;
}

/** Finds the lane of one record at a time: records behind it wait, so that the order of the log is kept. */
export class LaneChooser {
  readonly #options: ChooserOptions;
  #pending: Entry | undefined;
  #failures = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ChooserOptions) {
    this.#options = options;
  }

  /** The record whose lane is not known yet; nothing else may be chosen for meanwhile. */
  get pending(): Entry | undefined {
    return this.#pending;
  }

  choose(entry: Entry): void {
    const { sink, lanes, settings } = this.#options;
    if (sink.lane === undefined) {
      this.#options.enter(
        entry,
        settings.isOrdered ? lanes.byHash(entry.keyHash) : lanes.inTurn(settings.maxBatchRecords),
      );
      return;
    }
    this.#pending = entry;
    try {
      const lane = sink.lane(entry);
      if (typeof lane === 'string') this.#enter(entry, lane);
      else void this.#wait(entry, lane);
    } catch (error) {
      this.#fail(entry, error);
    }
  }

  /** Gives up on the pending record and returns it. */
  takePending(): Entry | undefined {
    const entry = this.#pending;
    this.#pending = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    return entry;
  }

  async #wait(entry: Entry, lane: Promise<string>): Promise<void> {
    try {
      const name = await lane;
      if (this.#pending === entry) this.#enter(entry, name);
    } catch (error) {
      if (this.#pending === entry) this.#fail(entry, error);
    }
    this.#options.touched();
  }

  #enter(entry: Entry, lane: string): void {
    this.#pending = undefined;
    this.#failures = 0;
    this.#options.enter(entry, this.#options.lanes.named(lane));
  }

  #fail(entry: Entry, error: unknown): void {
    if (error instanceof UnrecoverableError) {
      this.#pending = undefined;
      this.#options.refused(entry, error);
      return;
    }
    this.#failures += 1;
    this.#askLater(entry, this.#options.failed(error, this.#failures));
  }

  #askLater(entry: Entry, delayMs: number): void {
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      if (this.#options.isReady()) this.choose(entry);
      else this.#askLater(entry, delayMs);
      this.#options.touched();
    });
  }
}
