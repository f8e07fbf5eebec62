/** A simulated smart door lock: opens and closes, and loses battery with each movement. */
export class Lock {
  readonly id: string;
  readonly #random: () => number;
  #battery: number;
  #isLocked = true;
  #processes = 0;

  constructor(id: string, random: () => number) {
    this.id = id;
    this.#random = random;
    this.#battery = 15 + random() * 85;
  }

  get topic(): string {
    return `devices/${this.id}/state`;
  }

  /** Moves the bolt and returns the report of it, as the lock sends it. */
  move(): string {
    this.#isLocked = !this.#isLocked;
    this.#battery = this.#battery < 2 ? 100 : this.#battery - this.#random() * 2;
    this.#processes += 1;
    return JSON.stringify({
      process_id: `${this.id}-${this.#processes}`,
      action: this.#isLocked ? 'lock' : 'unlock',
      battery: Math.round(this.#battery * 10) / 10,
      lock_state: this.#isLocked ? 1 : 0,
      version: 1.1,
      client_id: this.id,
    });
  }
}
