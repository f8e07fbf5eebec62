import type { OutcomeListener } from '../ports.ts';

/** Index of records that nobody listens to. */
export const NO_ORIGIN = 0;
const MOST_ORIGINS = 65_535;
const REUSE_FROM = 64;

/** Outcome listeners as small numbers that fit into a record. They mean something only in the process that gave them. */
export class Origins {
  readonly #listeners: (OutcomeListener | undefined)[] = [undefined];
  readonly #outstanding: number[] = [0];
  readonly #indexes = new Map<OutcomeListener, number>();
  #lastListener: OutcomeListener | undefined;
  #lastIndex = NO_ORIGIN;

  indexOf(listener: OutcomeListener | undefined): number {
    if (listener === undefined) return NO_ORIGIN;
    if (listener === this.#lastListener) return this.#lastIndex;
    const index = this.#indexes.get(listener) ?? this.#add(listener);
    this.#lastListener = listener;
    this.#lastIndex = index;
    return index;
  }

  listener(index: number): OutcomeListener | undefined {
    return this.#listeners[index];
  }

  /** A record with this index has entered the log. */
  entered(index: number): void {
    this.#outstanding[index]! += 1;
  }

  /** Records with this index have left it. */
  left(index: number, count: number): void {
    this.#outstanding[index]! -= count;
  }

  #add(listener: OutcomeListener): number {
    const index = this.#freeIndex();
    const former = this.#listeners[index];
    if (former !== undefined) this.#indexes.delete(former);
    if (index === NO_ORIGIN) return NO_ORIGIN;
    this.#listeners[index] = listener;
    this.#outstanding[index] ??= 0;
    this.#indexes.set(listener, index);
    return index;
  }

  /** Listeners come and go with edits of rules: from some number on, those without records give their index away. */
  #freeIndex(): number {
    const next = this.#listeners.length;
    if (next < REUSE_FROM) return next;
    const free = this.#outstanding.indexOf(0, 1);
    if (free > 0) return free;
    return next <= MOST_ORIGINS ? next : NO_ORIGIN;
  }
}
