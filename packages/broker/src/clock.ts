/** The time of the present event-loop turn, read once for each chunk that arrives instead of once for each message. */
export class Clock {
  readonly #read: () => number;
  /** ms since the epoch. */
  now: number;

  constructor(read: () => number = Date.now) {
    this.#read = read;
    this.now = read();
  }

  tick(): number {
    this.now = this.#read();
    return this.now;
  }
}
