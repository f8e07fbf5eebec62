import { type TimerWheel, WheelTimer } from '../session/timer-wheel.ts';

/** A publisher that can be made to wait. */
export interface Publishing {
  /** Others wait for its acknowledgements: making it wait might make everyone wait for each other. */
  readonly isReceiving: boolean;
  /** It is not acknowledged, and not read when that does not stop it, until `letGo` has been called as often. */
  holdBack(): void;
  /** It goes on publishing while it is held back. */
  published(): void;
  /** While it is held back, not even what has been read already is handled. */
  suspend(): void;
  letGo(): void;
}

/** A receiver proves within this time that it keeps up: it acknowledges a window of messages. */
export const PATIENCE_MS = 500;
/** However well it keeps up, its publishers do not wait longer at a stretch. */
const LONGEST_WAIT_MS = 5_000;

export interface BackPressureParts {
  readonly wheel: TimerWheel;
  /** Messages the receiver takes without acknowledging. */
  readonly window: () => number;
  /** Patience has ended: the queue goes back to its limit. */
  readonly gaveUp: () => void;
}

/**
 * Slows the publishers of a receiver whose queue fills up faster than it drains, so that a burst costs time and not
 * messages.
 *
 * Patience is for receivers that keep up. One that has not acknowledged a window of messages in {@link PATIENCE_MS} is
 * *slow*: its publishers go on, its queue drops the oldest, and it gets no further patience until it has caught up. So a
 * receiver that does not read costs the others one short pause.
 */
export class BackPressure {
  readonly #parts: BackPressureParts;
  readonly #timer: WheelTimer;
  readonly #waiting = new Set<Publishing>();
  #isSlow = false;
  #progress = 0;
  #checks = 0;
  /** The receiver cannot take what its publishers have already been read of. */
  isUrgent = false;

  constructor(parts: BackPressureParts) {
    this.#parts = parts;
    this.#timer = new WheelTimer(() => this.#check());
  }

  get isPatient(): boolean {
    return !this.#isSlow;
  }

  hold(publisher: Publishing): void {
    if (this.#isSlow || publisher.isReceiving) return;
    if (!this.#timer.isScheduled) this.#startWaiting();
    if (!this.#waiting.has(publisher)) {
      this.#waiting.add(publisher);
      publisher.holdBack();
    }
    publisher.published();
    if (this.isUrgent) publisher.suspend();
  }

  /** The receiver has acknowledged a message. */
  progressed(): void {
    this.#progress += 1;
  }

  /** The receiver has caught up, or is gone. */
  release(): void {
    this.#isSlow = false;
    this.#letGo();
  }

  #startWaiting(): void {
    this.#checks = 0;
    this.#progress = 0;
    this.#parts.wheel.schedule(this.#timer, PATIENCE_MS);
  }

  #check(): void {
    this.#checks += 1;
    const keepsUp = this.#progress >= this.#parts.window() && this.#checks * PATIENCE_MS < LONGEST_WAIT_MS;
    this.#progress = 0;
    if (keepsUp) this.#parts.wheel.schedule(this.#timer, PATIENCE_MS);
    else {
      this.#isSlow = true;
      this.#parts.gaveUp();
      this.#letGo();
    }
  }

  #letGo(): void {
    this.#parts.wheel.cancel(this.#timer);
    this.isUrgent = false;
    if (this.#waiting.size === 0) return;
    const released = [...this.#waiting];
    this.#waiting.clear();
    // They publish what they have kept, and may be asked to wait again.
    for (const publisher of released) publisher.letGo();
  }
}
