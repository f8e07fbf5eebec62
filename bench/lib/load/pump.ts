import type { Publisher } from './publisher.ts';
import type { LoadOptions } from './run-load.ts';
import type { Tally } from './tally.ts';

/** Most deliveries on their way at once, so that the rate is a sustained one and not that of a filling queue. */
const OUTSTANDING_LIMIT = 10_000;
/** Publications that may be on their way in any case, however many receive each. */
const LEAST_PUBLICATIONS = 4;
const FORGIVE_MS = 500;

/** Lets all publishers take turns: each writes one batch per turn of the event loop, as long as something moves. */
export class Pump {
  readonly #tally: Tally;
  readonly #publishers: Publisher[] = [];
  readonly #receivers: number;
  readonly #limit: number;
  #isRunning = false;
  #isScheduled = false;
  /** Whose turn is the first. */
  #first = 0;
  #forgiving: NodeJS.Timeout | undefined;
  #deliveredBefore = 0;

  constructor(tally: Tally, options: LoadOptions) {
    this.#tally = tally;
    this.#receivers = options.pairs ? 1 : options.subscribers;
    this.#limit = Math.max(OUTSTANDING_LIMIT, LEAST_PUBLICATIONS * this.#receivers);
  }

  add(publisher: Publisher): void {
    this.#publishers.push(publisher);
  }

  start(): void {
    this.#isRunning = true;
    if (this.#receivers > 0) this.#forgiving = setInterval(() => this.#forgive(), FORGIVE_MS);
    this.wake();
  }

  stop(): void {
    this.#isRunning = false;
    clearInterval(this.#forgiving);
  }

  /** Something has come back: perhaps there is room again. */
  wake(): void {
    if (this.#isScheduled || !this.#isRunning) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#isRunning && this.#turn() > 0) this.wake();
    });
  }

  /** One batch of each publisher; answers how many messages that were. */
  #turn(): number {
    const count = this.#publishers.length;
    let sent = 0;
    for (let step = 0; step < count; step++) {
      const room = this.#room();
      if (room <= 0) break;
      const published = this.#publishers[this.#first]?.publish(room) ?? 0;
      this.#first = (this.#first + 1) % count;
      this.#tally.published += published;
      sent += published;
    }
    return sent;
  }

  /** Messages that may still be sent before others arrive. */
  #room(): number {
    if (this.#receivers === 0) return Number.POSITIVE_INFINITY;
    const { published, delivered, forgiven } = this.#tally;
    const outstanding = published * this.#receivers - delivered - forgiven;
    return Math.ceil((this.#limit - outstanding) / this.#receivers);
  }

  /** A broker has dropped messages: when nothing has come for a while, nothing more will. */
  #forgive(): void {
    const { published, delivered } = this.#tally;
    if (delivered === this.#deliveredBefore && this.#room() <= 0) {
      this.#tally.forgiven = published * this.#receivers - delivered;
      this.wake();
    }
    this.#deliveredBefore = delivered;
  }
}
