import type { Clock } from '../ports.ts';
import type { OwnedGate } from './gate.ts';
import type { Segment } from './segment.ts';

export type FsyncPolicy = 'always' | 'interval' | 'never';

const SYNC_INTERVAL_MS = 1000;
const RETRY_MS = 1000;

/**
 * Brings what is written to the disk itself. `always`: one sync at a time, and all gates that were handed in before it
 * began open when it returns, so that the rate of syncs follows the disk (natural group commit).
 */
export class Syncer {
  policy: FsyncPolicy;
  readonly #clock: Clock;
  readonly #segments: () => Iterable<Segment>;
  readonly #onFailure: (error: Error) => void;
  #gates: OwnedGate[] = [];
  #isRunning = false;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(policy: FsyncPolicy, clock: Clock, segments: () => Iterable<Segment>, onFailure: (error: Error) => void) {
    this.policy = policy;
    this.#clock = clock;
    this.#segments = segments;
    this.#onFailure = onFailure;
  }

  /** Something was written; the gate opens when the policy says that it is safe. */
  written(gate: OwnedGate | undefined): void {
    if (this.policy !== 'always') gate?.open();
    else if (gate !== undefined) this.#gates.push(gate);
    if (this.policy === 'always' && this.#cancelTimer === undefined) this.#start();
    else if (this.policy === 'interval')
      this.#cancelTimer ??= this.#clock.after(SYNC_INTERVAL_MS, () => this.#onTimer());
  }

  /** Waits for the sync that is under way; opens no gate on its own. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isRunning) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #onTimer(): void {
    this.#cancelTimer = undefined;
    this.#start();
  }

  #start(): void {
    if (this.#isRunning || this.#isClosed) return;
    const unsynced = [...this.#segments()].filter((segment) => segment.isDurable && segment.syncedSize < segment.size);
    const gates = this.#gates;
    this.#gates = [];
    this.#isRunning = true;
    let left = unsynced.length;
    let failure: Error | undefined;
    const finish = () => {
      this.#isRunning = false;
      this.#finish(gates, failure);
    };
    if (left === 0) return finish();
    for (const segment of unsynced) {
      segment.sync((error) => {
        failure ??= error ?? undefined;
        left -= 1;
        if (left === 0) finish();
      });
    }
  }

  #finish(gates: readonly OwnedGate[], failure: Error | undefined): void {
    if (failure === undefined) for (const gate of gates) gate.open();
    else this.#retryLater(gates, failure);
    for (const resolve of this.#idle.splice(0)) resolve();
    if (this.#gates.length > 0 && this.#cancelTimer === undefined) this.#start();
  }

  #retryLater(gates: readonly OwnedGate[], failure: Error): void {
    this.#gates = [...gates, ...this.#gates];
    this.#onFailure(failure);
    if (this.#isClosed) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.after(RETRY_MS, () => {
      this.#cancelTimer = undefined;
      this.#rewrite();
      this.#start();
    });
  }

  #rewrite(): void {
    try {
      for (const segment of this.#segments())
        if (segment.isDurable && segment.syncedSize < segment.size) segment.rewriteUnsynced();
    } catch (error) {
      this.#onFailure(error as Error);
    }
  }
}
