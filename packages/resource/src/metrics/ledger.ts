import type { Entry } from '../buffer/block.ts';
import type { BufferLog } from '../buffer/buffer-log.ts';
import { OwnedGate } from '../buffer/gate.ts';
import type { Gate, OutcomeListener } from '../ports.ts';
import { OUTCOME_NAMES, OutcomeCode } from './counters.ts';
import { Histogram } from './histogram.ts';
import { NO_ORIGIN, Origins } from './origins.ts';

/**
 * The books of one action: every record gets its outcome here, once. The log, the listener of the rule, the gate of a
 * sync publisher and the latencies learn of it together, so that they cannot drift apart.
 *
 * Invariant: matched = settled + inflight + queuing, at every moment.
 */
export class Ledger {
  readonly log: BufferLog;
  readonly queueWait = new Histogram();
  readonly call = new Histogram();
  readonly endToEnd = new Histogram();
  /** Records that were handed to the sink and have no outcome; those that wait for a retry included. */
  inflight = 0;
  inflightBytes = 0;
  /** Sequence numbers of this process start here: origins of older records mean nothing. */
  readonly #firstSequence: number;
  readonly #origins = new Origins();
  readonly #syncGates = new Map<number, OwnedGate>();

  constructor(log: BufferLog) {
    this.log = log;
    this.#firstSequence = log.nextSequence;
  }

  get matched(): number {
    return this.log.counters.settled + this.log.outstanding;
  }

  get queuing(): number {
    return this.log.outstanding - this.inflight;
  }

  get queuingBytes(): number {
    return this.log.outstandingBytes - this.inflightBytes;
  }

  /** The index to write into the next record of this listener. */
  enter(listener: OutcomeListener | undefined): number {
    const origin = this.#origins.indexOf(listener);
    this.#origins.entered(origin);
    return origin;
  }

  /** A gate that opens when the record with this sequence number is settled. */
  gateOf(sequence: number): Gate {
    const gate = new OwnedGate();
    this.#syncGates.set(sequence, gate);
    return gate;
  }

  /** Counts one output that does not enter the log. */
  refuse(code: OutcomeCode, listener: OutcomeListener | undefined): void {
    this.log.count(code, 1);
    listener?.settled(OUTCOME_NAMES[code], 1);
  }

  sent(entries: readonly Entry[], now: number): void {
    for (const entry of entries) {
      if (!entry.isInflight) {
        entry.isInflight = true;
        this.inflight += 1;
        this.inflightBytes += entry.size;
      }
      if (entry.attempts === 0) this.queueWait.add(now - entry.enqueuedAt);
      entry.attempts += 1;
    }
  }

  /** Puts records that were sent and have no outcome back among the queued ones. */
  unsent(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (!entry.isInflight) continue;
      this.inflight -= 1;
      this.inflightBytes -= entry.size;
      entry.isInflight = false;
    }
  }

  settleAll(entries: readonly Entry[], code: OutcomeCode, now: number): void {
    let run = 0;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      this.#book(entry, code, now);
      run += 1;
      const next = entries[index + 1];
      if (next !== undefined && this.#originOf(next) === this.#originOf(entry)) continue;
      this.#tell(entry, code, run);
      run = 0;
    }
  }

  settle(entry: Entry, code: OutcomeCode, now: number): void {
    this.#book(entry, code, now);
    this.#tell(entry, code, 1);
  }

  /** Records failed for the first time and are retried. */
  retrying(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.attempts === 1) this.#origins.listener(this.#originOf(entry))?.retrying?.(1);
    }
  }

  clear(): void {
    this.log.reset();
    this.queueWait.clear();
    this.call.clear();
    this.endToEnd.clear();
  }

  #book(entry: Entry, code: OutcomeCode, now: number): void {
    if (entry.isInflight) {
      this.inflight -= 1;
      this.inflightBytes -= entry.size;
      entry.isInflight = false;
    }
    if (code === OutcomeCode.success) this.endToEnd.add(now - entry.enqueuedAt);
    this.log.settle(entry, code, entry.attempts > 1);
    if (this.#syncGates.size > 0) this.#openSyncGate(entry.sequence);
  }

  #openSyncGate(sequence: number): void {
    this.#syncGates.get(sequence)?.open();
    this.#syncGates.delete(sequence);
  }

  #tell(entry: Entry, code: OutcomeCode, count: number): void {
    const origin = this.#originOf(entry);
    this.#origins.left(origin, count);
    this.#origins.listener(origin)?.settled(OUTCOME_NAMES[code], count);
  }

  #originOf(entry: Entry): number {
    return entry.sequence < this.#firstSequence ? NO_ORIGIN : entry.origin;
  }
}
