import type { TimerWheel } from '../session/timer-wheel.ts';
import { WheelTimer } from '../session/timer-wheel.ts';

/** A publisher that can be made to wait. */
export interface Publishing {
  /** Others wait for its acknowledgements: making it wait might make everyone wait for each other. */
  readonly isReceiving: boolean;
  /** It is neither read nor acknowledged until `letGo` has been called as often. */
  holdBack(): void;
  /** While it is held back, not even what has been read already is handled. */
  suspend(): void;
  letGo(): void;
}

/** How long publishers wait for a receiver that falls behind. */
export const PATIENCE_MS = 250;

/**
 * Slows the publishers of a receiver whose queue fills up faster than it drains, so that a short burst costs time and not messages.
 *
 * Patience ends after {@link PATIENCE_MS}: a receiver that has not caught up by then is *slow*; its publishers go on, its queue
 * drops the oldest, and it gets no further patience until its queue has been empty. So a receiver that does not read costs
 * the others one short pause.
 */
export class BackPressure {
  readonly #wheel: TimerWheel;
  readonly #timer: WheelTimer;
  readonly #outOfPatience: () => void;
  readonly #waiting = new Set<Publishing>();
  #isSlow = false;
  /** The receiver cannot take what its publishers have already been read of. */
  isUrgent = false;

  constructor(wheel: TimerWheel, outOfPatience: () => void) {
    this.#wheel = wheel;
    this.#outOfPatience = outOfPatience;
    this.#timer = new WheelTimer(() => this.#giveUp());
  }

  /** Publishers are waiting, or may be asked to. */
  get isPatient(): boolean {
    return !this.#isSlow;
  }

  hold(publisher: Publishing): void {
    if (this.#isSlow || publisher.isReceiving) return;
    if (!this.#timer.isScheduled) this.#wheel.schedule(this.#timer, PATIENCE_MS);
    if (!this.#waiting.has(publisher)) {
      this.#waiting.add(publisher);
      publisher.holdBack();
    }
    if (this.isUrgent) publisher.suspend();
  }

  /** The receiver has caught up. */
  release(): void {
    this.#wheel.cancel(this.#timer);
    this.isUrgent = false;
    const released = [...this.#waiting];
    this.#waiting.clear();
    // They publish what they have kept, and may be asked to wait again.
    for (const publisher of released) publisher.letGo();
  }

  /** The queue is empty: the receiver deserves patience again. */
  forgive(): void {
    this.#isSlow = false;
  }

  #giveUp(): void {
    this.#isSlow = true;
    this.#outOfPatience();
    this.release();
  }
}
