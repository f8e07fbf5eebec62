import type { Entry } from '../buffer/block.ts';
import { Fifo } from '../fifo.ts';

/** Records that go out together: once more after a failure, or as a part of a batch that was refused. */
export interface Work {
  readonly entries: readonly Entry[];
  /** Part of a split batch: sent alone, so that the good records of the batch stay in order. */
  readonly isPart: boolean;
}

/** One running call of the sink. */
export interface Call extends Work {
  readonly lane: Lane;
  readonly controller: AbortController;
  readonly startedAt: number;
  /** Runs once the call was told to stop. */
  cancelTimer: (() => void) | undefined;
  /** What it answers is of no interest any more. */
  isAbandoned: boolean;
}

/** The unit of order towards the target: what waits, what is in flight, and what has to go out again first. */
export class Lane {
  readonly name: string;
  readonly index: number;
  readonly waiting = new Fifo<Entry>();
  readonly calls = new Set<Call>();
  /** In order; goes out before anything that waits. */
  readonly retries: Work[] = [];
  waitingBytes = 0;
  /** Failed calls since the last good one. */
  failures = 0;
  /** Nothing is sent before a timer has fired: back-off, or a batch that fills. */
  isPaused = false;
  cancelTimer: (() => void) | undefined;
  /** In the dispatcher's list of lanes that may have something to send. */
  isListed = false;

  constructor(name: string, index: number) {
    this.name = name;
    this.index = index;
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && this.calls.size === 0 && this.retries.length === 0;
  }

  push(entry: Entry): void {
    this.waiting.push(entry);
    this.waitingBytes += entry.size;
  }

  shift(): Entry | undefined {
    const entry = this.waiting.shift();
    if (entry !== undefined) this.waitingBytes -= entry.size;
    return entry;
  }

  /** Keeps retries in the order of their records: calls that ran side by side may fail in any order. */
  addRetry(work: Work): void {
    const first = work.entries[0]!.sequence;
    const at = this.retries.findIndex((other) => other.entries[0]!.sequence > first);
    if (at < 0) this.retries.push(work);
    else this.retries.splice(at, 0, work);
  }

  resume(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.isPaused = false;
  }

  /** All records without an outcome, except those in flight. */
  takeQueued(): Entry[] {
    this.resume();
    this.waitingBytes = 0;
    const retried = this.retries.splice(0).flatMap((work) => work.entries);
    return [...retried, ...this.waiting.drain()].filter((entry) => !entry.isSettled);
  }

  /** When the oldest record that still has a life to lose entered the buffer. */
  oldestEnqueuedAt(): number {
    let oldest = this.waiting.peek()?.enqueuedAt ?? Infinity;
    for (const work of [...this.retries, ...this.calls]) {
      for (const entry of work.entries) {
        if (entry.isSettled) continue;
        oldest = Math.min(oldest, entry.enqueuedAt);
        break;
      }
    }
    return oldest;
  }
}
