/** Something that the wheel calls when its time has come. Linked into the wheel itself: a waiting timer costs nothing else. */
export class WheelTimer {
  readonly onDue: () => void;
  /** Tick at which it is due. */
  due = 0;
  next: WheelTimer | undefined;
  previous: WheelTimer | undefined;
  slot = -1;

  constructor(onDue: () => void) {
    this.onDue = onDue;
  }

  get isScheduled(): boolean {
    return this.slot >= 0;
  }
}

const SLOTS = 1_024;

/**
 * One clock for all timers of sessions and connections (keep-alive, expiry, delayed wills): a hashed wheel of `tickMs`.
 * Scheduling and cancelling are a few assignments; a tick looks at one slot.
 */
export class TimerWheel {
  readonly #tickMs: number;
  readonly #slots = Array.from<unknown, WheelTimer | undefined>({ length: SLOTS }, () => undefined);
  #tick = 0;
  #startedAt = 0;
  #interval: NodeJS.Timeout | undefined;

  constructor(tickMs = 250) {
    this.#tickMs = tickMs;
  }

  /** Ticks by itself until `stop`. Does not keep the process alive. */
  start(now: () => number = () => performance.now()): void {
    this.#startedAt = now() - this.#tick * this.#tickMs;
    this.#interval = setInterval(() => this.advanceTo(now() - this.#startedAt), this.#tickMs);
    this.#interval.unref();
  }

  stop(): void {
    clearInterval(this.#interval);
    this.#interval = undefined;
  }

  /** Runs everything that is due `elapsedMs` after the start. */
  advanceTo(elapsedMs: number): void {
    const last = Math.floor(elapsedMs / this.#tickMs);
    while (this.#tick < last) {
      this.#tick += 1;
      this.#runSlot(this.#tick & (SLOTS - 1));
    }
  }

  /** Calls the timer once, not before `delayMs` and at most two ticks later. Replaces an earlier schedule. */
  schedule(timer: WheelTimer, delayMs: number): void {
    this.cancel(timer);
    timer.due = this.#tick + 1 + Math.max(0, Math.ceil(delayMs / this.#tickMs));
    const slot = timer.due & (SLOTS - 1);
    const head = this.#slots[slot];
    timer.slot = slot;
    timer.next = head;
    timer.previous = undefined;
    if (head !== undefined) head.previous = timer;
    this.#slots[slot] = timer;
  }

  cancel(timer: WheelTimer): void {
    if (timer.slot < 0) return;
    if (timer.previous === undefined) this.#slots[timer.slot] = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next !== undefined) timer.next.previous = timer.previous;
    timer.next = undefined;
    timer.previous = undefined;
    timer.slot = -1;
  }

  #runSlot(slot: number): void {
    const due: WheelTimer[] = [];
    for (let timer = this.#slots[slot]; timer !== undefined; timer = timer.next) {
      if (timer.due <= this.#tick) due.push(timer);
    }
    for (const timer of due) {
      // An earlier one may have cancelled or moved it.
      if (timer.slot !== slot || timer.due > this.#tick) continue;
      this.cancel(timer);
      timer.onDue();
    }
  }
}
