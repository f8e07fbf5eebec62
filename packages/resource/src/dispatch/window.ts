import type { Entry } from '../buffer/block.ts';
import type { OutcomeCode } from '../metrics/counters.ts';
import type { Ledger } from '../metrics/ledger.ts';
import type { Clock } from '../ports.ts';
import { WINDOW_BYTES, WINDOW_RECORDS } from './settings.ts';

/** Counts the records that are outside the log and have no outcome: each costs an object, so there is an end to them. */
export class Window {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  #records = 0;
  #bytes = 0;

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  get isFull(): boolean {
    return this.#records >= WINDOW_RECORDS || this.#bytes >= WINDOW_BYTES;
  }

  enter(entry: Entry): void {
    this.#records += 1;
    this.#bytes += entry.size;
  }

  settle(entry: Entry, code: OutcomeCode): void {
    this.#records -= 1;
    this.#bytes -= entry.size;
    this.#ledger.settle(entry, code, this.#clock.now());
  }

  settleAll(entries: readonly Entry[], code: OutcomeCode): void {
    this.#records -= entries.length;
    for (const entry of entries) this.#bytes -= entry.size;
    this.#ledger.settleAll(entries, code, this.#clock.now());
  }
}
