import { NotConnectedError, RecoverableError, type Rejection, type Sink, UnrecoverableError } from '@millrace/contract';
import type { Entry } from '../buffer/block.ts';
import type { BufferMemory } from '../buffer/memory.ts';
import { sleep } from '../clock.ts';
import { Fifo } from '../fifo.ts';
import { OutcomeCode } from '../metrics/counters.ts';
import type { Ledger } from '../metrics/ledger.ts';
import type { Clock } from '../ports.ts';
import { backoffMs } from './backoff.ts';
import { Batcher } from './batcher.ts';
import { Expiry } from './expiry.ts';
import type { Call, Lane, Work } from './lane.ts';
import { LaneChooser } from './lane-chooser.ts';
import { LaneTable } from './lane-table.ts';
import { RunningCalls } from './running-calls.ts';
import { type DispatchSettings, PINNED_BYTES } from './settings.ts';
import { Window } from './window.ts';

export interface DispatchEvents {
  /** There is something for `pump` to do at the end of the turn. */
  touched(): void;
  linkFailed(error: NotConnectedError): void;
  attemptFailed(error: Error): void;
  /** The sink threw something outside its contract. */
  sinkBroke(error: unknown): void;
  recordFailed(error: Error): void;
  queueOverflowed(limit: 'max_buffer_bytes' | 'node budget', count: number): void;
  callStuck(): void;
}

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly memory: BufferMemory;
  readonly sink: Sink;
  readonly settings: DispatchSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: DispatchEvents;
  /** Records that an earlier dispatcher had taken from the log; they go first. */
  readonly carried: readonly Entry[];
}

/** How long the other lanes wait for the answer of the first call on a new link. */
const PROBE_MS = 1000;
/** How long a sink may take to obey when its calls are aborted for an edit or shutdown. */
const ABORT_GRACE_MS = 1000;
/** Expired records that are dropped in one turn: a long queue must not stop the node. */
const SWEPT_AT_ONCE = 10_000;

/**
 * Takes records from the log in order, gives each to its lane, and sees to it that every one gets an outcome.
 *
 * Invariants: a lane sends in the order of the log, after failures too · what failed goes out again before anything newer
 * of its lane · what is outside the log is bounded (`Window`).
 */
export class Dispatcher {
  readonly #ledger: Ledger;
  readonly #memory: BufferMemory;
  readonly #sink: Sink;
  readonly #settings: DispatchSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #events: DispatchEvents;
  readonly #lanes: LaneTable;
  readonly #chooser: LaneChooser;
  readonly #batcher: Batcher;
  readonly #window: Window;
  readonly #carried = new Fifo<Entry>();
  readonly #calls: RunningCalls;
  readonly #expiry: Expiry;
  #listed: Lane[] = [];
  #isReady = false;
  #isStopped = false;
  /** After the link came back one call has to succeed before the others follow. */
  #isProbing = false;
  #cancelProbe: (() => void) | undefined;
  #dropped: OutcomeCode | undefined;

  constructor(options: DispatcherOptions) {
    this.#ledger = options.ledger;
    this.#memory = options.memory;
    this.#sink = options.sink;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#events = options.events;
    this.#calls = new RunningCalls(options.clock, (call) => this.#giveUp(call));
    this.#lanes = new LaneTable(options.settings.lanes);
    for (const entry of options.carried) this.#carried.push(entry);
    this.#chooser = this.#makeChooser(options);
    this.#window = new Window(options.ledger, options.clock);
    this.#batcher = new Batcher({
      settings: options.settings,
      clock: options.clock,
      expire: (entry) => this.#expire(entry),
      wake: (lane) => this.#wake(lane),
    });
    this.#expiry = new Expiry(options.clock, options.settings.requestTtlMs, () => this.#sweep());
  }

  /** When the oldest record without an outcome entered the buffer; Infinity when there is none. */
  oldestEnqueuedAt(): number {
    let oldest = Math.min(this.#chooser.pending?.enqueuedAt ?? Infinity, this.#carried.peek()?.enqueuedAt ?? Infinity);
    for (const lane of this.#lanes) oldest = Math.min(oldest, lane.oldestEnqueuedAt());
    return oldest < Infinity ? oldest : (this.#ledger.log.peekEnqueuedAt() ?? Infinity);
  }

  /** True when the target can be written to; false stops new calls and leaves those that run. */
  setReady(isReady: boolean): void {
    if (isReady === this.#isReady) return;
    this.#isReady = isReady;
    if (!isReady) return;
    this.#dropped = undefined;
    this.#isProbing = true;
    for (const lane of this.#lanes) this.#list(lane);
    this.#events.touched();
  }

  /** Ends all back-off: the link is new, so what failed on the old one need not wait. */
  resumeLanes(): void {
    for (const lane of this.#lanes) this.#wake(lane);
  }

  /** Sends what can be sent. Called at the end of each turn in which something happened. */
  pump(): void {
    if (this.#isStopped) return;
    this.#enforceBudget();
    if (this.#dropped !== undefined) this.dropQueued(this.#dropped);
    if (this.#isReady) {
      this.#fill();
      this.#serveListed();
    }
    if (this.#ledger.log.passedBytes > PINNED_BYTES) this.#ledger.log.releasePassed(this.#outside());
    if (this.#ledger.log.outstanding > 0) this.#expiry.arm(() => this.oldestEnqueuedAt());
  }

  /** Gives everything that is not in flight this outcome, now and until the target is ready again. */
  dropQueued(code: OutcomeCode): void {
    this.#dropped = code;
    const pending = this.#chooser.takePending();
    if (pending !== undefined) this.#window.settle(pending, code);
    for (const lane of this.#lanes) this.#window.settleAll(lane.takeQueued(), code);
    const now = this.#clock.now();
    this.#ledger.settleAll(this.#carried.drain(), code, now);
    for (let entry = this.#ledger.log.next(); entry !== undefined; entry = this.#ledger.log.next()) {
      this.#ledger.settle(entry, code, now);
    }
  }

  /** Tells running calls to stop; what they held goes out again later. */
  abortCalls(): void {
    this.#calls.abortAll();
  }

  /** Sends everything at once, batches full or not, and resolves when all is settled or the signal is aborted. */
  async flush(signal: AbortSignal): Promise<void> {
    this.#batcher.isFlushing = true;
    for (const lane of this.#lanes) this.#list(lane);
    this.#events.touched();
    while (!signal.aborted && this.#isReady && this.#ledger.log.outstanding > 0) await sleep(this.#clock, 20, signal);
  }

  /** Ends sending. Resolves with every record that has no outcome, in order, once no call runs or the grace is over. */
  async stop(graceMs: number): Promise<Entry[]> {
    this.#isStopped = true;
    this.#expiry.cancel();
    this.#cancelProbe?.();
    for (const lane of this.#lanes) lane.resume();
    const pending = this.#chooser.takePending();
    await this.#calls.ended(graceMs);
    this.abortCalls();
    await this.#calls.ended(ABORT_GRACE_MS);
    const left: Entry[] = [];
    for (const call of this.#calls) left.push(...this.#calls.abandon(call));
    for (const lane of this.#lanes) left.push(...lane.takeQueued());
    if (pending !== undefined) left.push(pending);
    left.push(...this.#carried.drain());
    this.#ledger.unsent(left);
    return left.sort((one, other) => one.sequence - other.sequence);
  }

  #makeChooser({ sink, settings, clock, events }: DispatcherOptions): LaneChooser {
    return new LaneChooser({
      sink,
      lanes: this.#lanes,
      settings,
      clock,
      isReady: () => this.#isReady,
      enter: (entry, lane) => this.#enterLane(entry, lane),
      refused: (entry, error) => {
        events.recordFailed(error);
        this.#window.settle(entry, OutcomeCode.failed);
      },
      failed: (error, failures) => {
        this.#report(error);
        return this.#delayAfter(error, failures);
      },
      touched: () => events.touched(),
    });
  }

  #fill(): void {
    while (this.#chooser.pending === undefined && !this.#window.isFull) {
      const entry = this.#carried.shift() ?? this.#ledger.log.next();
      if (entry === undefined) return;
      this.#window.enter(entry);
      if (!this.#expire(entry)) this.#chooser.choose(entry);
    }
  }

  #enterLane(entry: Entry, lane: Lane): void {
    lane.push(entry);
    this.#list(lane);
  }

  #list(lane: Lane): void {
    if (lane.isListed) return;
    lane.isListed = true;
    this.#listed.push(lane);
  }

  #serveListed(): void {
    const lanes = this.#listed;
    this.#listed = [];
    for (const lane of lanes) lane.isListed = false;
    for (const lane of lanes) this.#serve(lane);
  }

  #serve(lane: Lane): void {
    while (this.#isReady && !lane.isPaused && lane.calls.size < this.#limit(lane)) {
      if (this.#isProbing && this.#calls.size > 0) return this.#list(lane);
      const work = this.#batcher.next(lane);
      if (work === undefined) return;
      this.#send(lane, work);
    }
  }

  /** One at a time while the lane recovers: the first good answer opens it again. */
  #limit(lane: Lane): number {
    return lane.failures > 0 || lane.retries[0]?.isPart === true ? 1 : this.#settings.laneInflight;
  }

  #wake(lane: Lane): void {
    lane.resume();
    this.#list(lane);
    this.#events.touched();
  }

  #send(lane: Lane, work: Work): void {
    const now = this.#clock.now();
    const call = this.#calls.start(lane, work, now);
    this.#ledger.sent(work.entries, now);
    // A probe without an answer says nothing about the other lanes.
    if (this.#isProbing) this.#cancelProbe ??= this.#clock.after(PROBE_MS, () => this.#stopProbing());
    void this.#run(call);
  }

  async #run(call: Call): Promise<void> {
    const { lane, entries } = call;
    const batch = { lane: lane.name, laneIndex: lane.index, records: entries, attempt: entries[0]!.attempts };
    try {
      const rejections = await this.#sink.write(batch, call.controller.signal);
      if (this.#end(call)) this.#succeeded(call, rejections ?? []);
    } catch (error) {
      if (this.#end(call)) this.#failed(call, error);
    }
    this.#events.touched();
  }

  /** False when nobody waits for the call any more. */
  #end(call: Call): boolean {
    if (!this.#calls.end(call)) return false;
    this.#ledger.call.add(this.#clock.now() - call.startedAt);
    this.#list(call.lane);
    return true;
  }

  #succeeded(call: Call, rejections: readonly Rejection[]): void {
    call.lane.failures = 0;
    if (this.#isProbing) this.#stopProbing();
    if (rejections.length === 0 && this.#expiry.isNever)
      return this.#window.settleAll(call.entries, OutcomeCode.success);
    const refused = new Map(rejections.map(({ index, error }) => [index, error]));
    for (const [index, entry] of call.entries.entries()) {
      if (entry.isSettled) continue;
      const error = refused.get(index);
      if (error !== undefined) this.#events.recordFailed(error);
      if (this.#expiry.isOver(entry)) this.#window.settle(entry, OutcomeCode.lateReply);
      else this.#window.settle(entry, error === undefined ? OutcomeCode.success : OutcomeCode.failed);
    }
  }

  #stopProbing(): void {
    this.#isProbing = false;
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    for (const lane of this.#lanes) this.#list(lane);
    this.#events.touched();
  }

  #failed(call: Call, error: unknown): void {
    const left = call.entries.filter((entry) => !entry.isSettled);
    if (left.length === 0) return;
    if (error instanceof UnrecoverableError) return this.#refused(call, left, error);
    const { lane } = call;
    // The abort was ours: the records are not to blame, and neither is the sink.
    if (!call.controller.signal.aborted) this.#report(error);
    if (this.#dropped !== undefined) return this.#window.settleAll(left, this.#dropped);
    this.#ledger.retrying(left);
    lane.failures += 1;
    lane.addRetry({ entries: left, isPart: call.isPart });
    if (!this.#isStopped) this.#pause(lane, this.#delayAfter(error, lane.failures));
  }

  /** A single record is bad; of several at least one is, and halving finds it in few calls. */
  #refused(call: Call, left: readonly Entry[], error: UnrecoverableError): void {
    if (this.#isProbing) this.#stopProbing();
    const [only] = left;
    if (left.length === 1 && only !== undefined) {
      this.#events.recordFailed(error);
      call.lane.failures = 0;
      return this.#window.settle(only, this.#expiry.isOver(only) ? OutcomeCode.lateReply : OutcomeCode.failed);
    }
    const middle = Math.ceil(left.length / 2);
    call.lane.addRetry({ entries: left.slice(0, middle), isPart: true });
    call.lane.addRetry({ entries: left.slice(middle), isPart: true });
  }

  #pause(lane: Lane, delayMs: number): void {
    lane.resume();
    lane.isPaused = true;
    lane.cancelTimer = this.#clock.after(delayMs, () => this.#wake(lane));
  }

  #report(error: unknown): void {
    if (error instanceof NotConnectedError) this.#events.linkFailed(error);
    else if (error instanceof RecoverableError) this.#events.attemptFailed(error);
    else this.#events.sinkBroke(error);
  }

  #delayAfter(error: unknown, failures: number): number {
    if (error instanceof RecoverableError && error.retryAfterMs !== undefined) return error.retryAfterMs;
    return backoffMs(failures, this.#settings.retryCapMs, this.#random);
  }

  #expire(entry: Entry): boolean {
    if (!this.#expiry.isOver(entry)) return false;
    this.#window.settle(entry, OutcomeCode.expired);
    return true;
  }

  /** Every record outside the log, except carried ones: those have memory of their own or keep theirs. */
  *#outside(): Generator<Entry> {
    if (this.#chooser.pending !== undefined) yield this.#chooser.pending;
    for (const lane of this.#lanes) {
      for (const work of [...lane.calls, ...lane.retries]) {
        for (const entry of work.entries) if (!entry.isSettled) yield entry;
      }
      yield* lane.waiting;
    }
  }

  #enforceBudget(): void {
    const { log } = this.#ledger;
    const isOverNode = log.mode === 'memory_only' && this.#memory.isOverBudget;
    if (this.#ledger.queuingBytes <= log.maxBytes && !isOverNode) return;
    let count = 0;
    while (this.#ledger.queuingBytes > log.maxBytes || (log.mode === 'memory_only' && this.#memory.isOverBudget)) {
      if (!this.#dropOldest()) break;
      count += 1;
    }
    if (count > 0) this.#events.queueOverflowed(isOverNode ? 'node budget' : 'max_buffer_bytes', count);
  }

  #dropOldest(): boolean {
    const waiting = this.#lanes.takeOldestWaiting();
    if (waiting !== undefined) {
      this.#window.settle(waiting, OutcomeCode.queueFull);
      return true;
    }
    const entry = this.#carried.shift() ?? this.#ledger.log.next();
    if (entry !== undefined) this.#ledger.settle(entry, OutcomeCode.queueFull, this.#clock.now());
    return entry !== undefined;
  }

  /** Ends what has lived too long, wherever it is. */
  #sweep(): void {
    for (const call of this.#calls) this.#sweepCall(call);
    for (const lane of this.#lanes) {
      for (const work of lane.retries) for (const entry of work.entries) if (!entry.isSettled) this.#expire(entry);
      for (let entry = lane.waiting.peek(); entry !== undefined && this.#expire(entry); entry = lane.waiting.peek())
        lane.shift();
    }
    this.#sweepQueue();
    this.#events.touched();
  }

  #sweepQueue(): void {
    const { log } = this.#ledger;
    const now = this.#clock.now();
    for (
      let first = this.#carried.peek();
      first !== undefined && this.#expiry.isOver(first);
      first = this.#carried.peek()
    ) {
      this.#carried.shift();
      this.#ledger.settle(first, OutcomeCode.expired, now);
    }
    for (let left = SWEPT_AT_ONCE; left > 0; left--) {
      const enqueuedAt = log.peekEnqueuedAt();
      if (enqueuedAt === undefined || !this.#expiry.isOverSince(enqueuedAt)) return;
      const entry = log.next();
      if (entry !== undefined) this.#ledger.settle(entry, OutcomeCode.expired, now);
    }
  }

  /** A record in flight when its life ends counts `late_reply`; a call without living records is told to stop. */
  #sweepCall(call: Call): void {
    let living = 0;
    for (const entry of call.entries) {
      if (entry.isSettled) continue;
      if (this.#expiry.isOver(entry)) this.#window.settle(entry, OutcomeCode.lateReply);
      else living += 1;
      // What is settled may leave the window while the sink still reads it.
      if (entry.isSettled) entry.block.isRecyclable = false;
    }
    if (living === 0) this.#calls.abort(call);
  }

  /** The sink does not obey: its lane goes on without it. */
  #giveUp(call: Call): void {
    this.#events.callStuck();
    const left = this.#calls.abandon(call);
    if (left.length > 0) call.lane.addRetry({ entries: left, isPart: call.isPart });
    this.#list(call.lane);
    this.#events.touched();
  }
}
