import type { Clock } from '../ports.ts';

/** A wait that somebody else may cut short. A wake that comes while nobody waits ends the next wait at once. */
export class Wakeup {
  readonly #clock: Clock;
  #isSet = false;
  #finish: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    if (this.#finish === undefined) this.#isSet = true;
    else this.#finish();
  }

  /** Resolves after `delayMs`, when woken, or when the signal is aborted. One waiter at a time. */
  wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (this.#isSet || signal.aborted) {
      this.#isSet = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const finish = () => {
        cancel();
        signal.removeEventListener('abort', finish);
        this.#finish = undefined;
        resolve();
      };
      const cancel = this.#clock.after(delayMs, finish);
      signal.addEventListener('abort', finish);
      this.#finish = finish;
    });
  }
}
