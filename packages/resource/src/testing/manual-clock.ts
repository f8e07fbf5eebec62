import type { Clock } from '../ports.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that a test moves by hand. `turn` ends an event-loop turn; promises are given time to settle around it. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  #order = 0;
  #timers = new Set<Timer>();
  #ends: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  endOfTurn(callback: () => void): void {
    this.#ends.push(callback);
  }

  /** Ends turns until nothing more happens at this moment. */
  async turn(): Promise<void> {
    await settle();
    while (this.#ends.length > 0) {
      const ends = this.#ends;
      this.#ends = [];
      for (const end of ends) end();
      await settle();
    }
  }

  /** Lets time pass, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await this.turn();
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await this.turn();
    }
    this.#now = until;
  }

  get timers(): number {
    return this.#timers.size;
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** Enough microtasks for every chain of awaits in the room. */
async function settle(): Promise<void> {
  for (let index = 0; index < 30; index++) await Promise.resolve();
}
