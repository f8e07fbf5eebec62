import type { Entry } from '../buffer/block.ts';
import type { Clock } from '../ports.ts';
import type { Call, Lane, Work } from './lane.ts';

/** After this long a call that ignores its abort no longer blocks its lane. */
const ABANDON_MS = 5000;

/** The calls of a sink that have not returned: started, told to stop, waited for, and in the end left behind. */
export class RunningCalls {
  readonly #clock: Clock;
  readonly #onStuck: (call: Call) => void;
  readonly #calls = new Set<Call>();
  #onIdle: (() => void) | undefined;

  /** `onStuck` hears of a call that did not obey; the owner abandons it. */
  constructor(clock: Clock, onStuck: (call: Call) => void) {
    this.#clock = clock;
    this.#onStuck = onStuck;
  }

  get size(): number {
    return this.#calls.size;
  }

  [Symbol.iterator](): Iterator<Call> {
    return this.#calls.values();
  }

  start(lane: Lane, work: Work, now: number): Call {
    const call: Call = {
      ...work,
      lane,
      controller: new AbortController(),
      startedAt: now,
      cancelTimer: undefined,
      isAbandoned: false,
    };
    lane.calls.add(call);
    this.#calls.add(call);
    return call;
  }

  /** Takes a call that has returned off the books; false when nobody waits for it any more. */
  end(call: Call): boolean {
    if (call.isAbandoned) return false;
    this.#forget(call);
    if (this.#calls.size === 0) this.#onIdle?.();
    return true;
  }

  abort(call: Call): void {
    if (call.controller.signal.aborted) return;
    call.controller.abort();
    call.cancelTimer = this.#clock.after(ABANDON_MS, () => {
      if (this.#calls.has(call)) this.#onStuck(call);
    });
  }

  abortAll(): void {
    for (const call of this.#calls) this.abort(call);
  }

  /** Forgets a running call and returns its records without an outcome. */
  abandon(call: Call): Entry[] {
    call.isAbandoned = true;
    this.#forget(call);
    // The sink may read from the memory for as long as it likes.
    for (const entry of call.entries) entry.block.isRecyclable = false;
    return call.entries.filter((entry) => !entry.isSettled);
  }

  /** Resolves when no call runs, or when the grace is over. */
  ended(graceMs: number): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        cancel();
        this.#onIdle = undefined;
        resolve();
      };
      const cancel = this.#clock.after(graceMs, finish);
      this.#onIdle = finish;
    });
  }

  #forget(call: Call): void {
    call.cancelTimer?.();
    call.lane.calls.delete(call);
    this.#calls.delete(call);
  }
}
