import type { ProducerIdentity } from './broker-connection.ts';

/**
 * The producer id of one sink, shared by its partitions: brokers keep epochs and numbers for each partition, so each
 * counts its own. Asked for once, and again when a partition has used up the epochs of an id.
 */
export class ProducerId {
  readonly #ask: () => Promise<ProducerIdentity | undefined>;
  #current: Promise<ProducerIdentity | undefined> | undefined;

  constructor(ask: () => Promise<ProducerIdentity | undefined>) {
    this.#ask = ask;
  }

  /** Undefined when the account may not have one. `spent` is an id that the caller cannot use any more. */
  async get(spent: bigint | undefined): Promise<ProducerIdentity | undefined> {
    const existing = await this.#current;
    if (this.#current !== undefined && (existing === undefined || existing.id !== spent)) return existing;
    const asked = this.#ask();
    this.#current = asked;
    try {
      return await asked;
    } catch (error) {
      if (this.#current === asked) this.#current = undefined;
      throw error;
    }
  }
}
