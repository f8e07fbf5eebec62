/** Something with bytes to write. */
export interface Flushable {
  flush(): void;
}

/**
 * Gathers the writes of one event-loop turn: however many packets arrive or are routed during a turn, each connection
 * is written once, at its end. Before that, `beforeFlush` has its say (group commits), and what it releases still leaves in
 * the same turn.
 */
export class FlushQueue {
  readonly #beforeFlush: () => void;
  readonly #runTurn = () => this.#flushAll();
  #dirty: Flushable[] = [];
  #spare: Flushable[] = [];
  #isScheduled = false;
  #isCommitted = false;

  constructor(beforeFlush: () => void) {
    this.#beforeFlush = beforeFlush;
  }

  /** Has `flushable` written at the end of this turn. The caller asks once until it is flushed. */
  add(flushable: Flushable): void {
    this.#dirty.push(flushable);
    this.request();
  }

  /** Has the end of this turn run although nothing is to be written yet. */
  request(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#runTurn);
  }

  /** Writes one connection ahead of the others because it has gathered much in this turn. */
  flushEarly(flushable: Flushable): void {
    this.#commit();
    flushable.flush();
    this.request();
  }

  #commit(): void {
    if (this.#isCommitted) return;
    this.#isCommitted = true;
    this.#beforeFlush();
  }

  #flushAll(): void {
    // An early flush has committed only what came before it.
    this.#isCommitted = false;
    this.#commit();
    const dirty = this.#dirty;
    this.#dirty = this.#spare;
    this.#isScheduled = false;
    this.#isCommitted = false;
    for (let index = 0; index < dirty.length; index++) dirty[index]?.flush();
    dirty.length = 0;
    this.#spare = dirty;
  }
}
