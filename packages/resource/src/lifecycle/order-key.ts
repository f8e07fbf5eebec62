import type { SubmitOrigin } from '../ports.ts';
import type { Ordering } from './delivery.ts';

/** Hashes the key that stays in order. Consecutive records mostly have the same one. */
export class OrderKey {
  readonly #ordering: Ordering;
  #lastKey = '';
  #lastHash = hashOf('');

  constructor(ordering: Ordering) {
    this.#ordering = ordering;
  }

  /** `key` is for sinks with lanes of their own; without them it keeps the order of a client. */
  hash(origin: SubmitOrigin): number {
    if (this.#ordering === 'none') return 0;
    const key = this.#ordering === 'topic' ? origin.topic : origin.clientId;
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#lastHash = hashOf(key);
    }
    return this.#lastHash;
  }
}

/** FNV-1a over UTF-16 units, mixed once more so that its low bits can choose a lane. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
