import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  NotConnectedError,
  RecoverableError,
  type Rejection,
  type ResourceOptions,
  UnrecoverableError,
} from '@millrace/contract';
import { ResourceManager } from '../lifecycle/manager.ts';
import type { Gate, Outcome } from '../ports.ts';
import { assertBalanced } from './balance.ts';
import { FakeSystem, type FakeWrite, silentLog } from './fake-connector.ts';
import { ManualClock } from './manual-clock.ts';

type Mood = 'good' | 'flaky' | 'stalled' | 'down';

interface Sent {
  readonly text: string;
  readonly client: string;
  /** Undefined once the process that gave it is gone. */
  gate: Gate | undefined;
  /** Whether the publisher had its acknowledgement when that process ended. */
  wasAcknowledged: boolean;
  outcome: Outcome | undefined;
}

/**
 * One action under random operations, beside a model that only knows what was submitted and what a user may expect.
 * Texts are `CLIENT-NUMBER`, with `!` behind when the outside system refuses the record for good.
 */
export class Simulation {
  readonly options: ResourceOptions;
  readonly random: () => number;
  readonly sent: Sent[] = [];
  /** Every delivery of every life, in order. */
  readonly delivered: string[] = [];
  readonly #delivery: FakeSystem['delivery'];
  #dataDir = newDirectory();
  #clock = new ManualClock();
  #system = new FakeSystem();
  #manager: ResourceManager;
  #mood: Mood = 'good';
  #release: (() => void)[] = [];
  readonly #pipelines = new Map<string, Promise<boolean>>();
  #count = 0;
  #edits = 0;

  constructor(random: () => number, options: ResourceOptions, delivery: FakeSystem['delivery'] = {}) {
    this.random = random;
    this.options = options;
    this.#delivery = delivery;
    this.#manager = this.#newManager();
  }

  get metrics() {
    return this.#manager.metrics('fake:a');
  }

  async start(): Promise<void> {
    await this.#manager.putConnector('fake', 'c', { resource_opts: { health_check_interval: 1000 } });
    await this.#manager.putAction('fake', 'a', this.#config());
    await this.#clock.turn();
  }

  submit(): void {
    const client = `client${this.#below(5)}`;
    const text = `${client}-${this.#count++}${this.random() < 0.05 ? '!' : ''}${'x'.repeat(this.#below(60))}`;
    const record: Sent = { text, client, gate: undefined, wasAcknowledged: false, outcome: undefined };
    const settled = (outcome: Outcome, count: number) => {
      assert.equal(count, 1);
      assert.equal(record.outcome, undefined, `${text} has two outcomes`);
      record.outcome = outcome;
    };
    record.gate = this.#manager
      .action('fake:a')!
      .submit({ text }, { clientId: client, topic: 't', settled: { settled } });
    this.sent.push(record);
  }

  commit(): void {
    this.#manager.commit();
  }

  turn(): Promise<void> {
    return this.#clock.turn();
  }

  pass(): Promise<void> {
    return this.#clock.pass(this.#below(3000));
  }

  setMood(): void {
    this.mood((['good', 'flaky', 'stalled', 'down'] as const)[this.#below(4)]!);
  }

  mood(mood: Mood): void {
    this.#mood = mood;
    if (mood === 'stalled') return;
    for (const release of this.#release.splice(0)) release();
  }

  loseLink(): void {
    this.#system.contexts.at(-1)?.lost(new NotConnectedError('FAKE_LOST', 'the link was cut'));
  }

  async edit(): Promise<void> {
    this.#edits += 1;
    const done = this.random() < 0.5 ? this.#manager.putAction('fake', 'a', this.#config()) : this.#editConnector();
    await this.#clock.pass(10_000);
    await done;
  }

  resetMetrics(): void {
    this.#manager.resetMetrics('fake:a');
  }

  /** Kill -9: only the files as they are now are left. */
  async crash(): Promise<void> {
    const copy = newDirectory();
    cpSync(this.#dataDir, copy, { recursive: true });
    for (const record of this.sent) {
      record.wasAcknowledged = isAcknowledged(record);
      record.gate = undefined;
    }
    await this.end();
    this.#dataDir = copy;
    this.#clock = new ManualClock();
    this.#system = new FakeSystem();
    this.#pipelines.clear();
    this.#manager = this.#newManager();
    await this.start();
  }

  /** Everything that can be delivered is: the target is fine again and time passes. */
  async settle(): Promise<void> {
    this.mood('good');
    for (let round = 0; round < 200 && this.metrics.queuing + this.metrics.inflight > 0; round++)
      await this.#clock.pass(5000);
    await this.#clock.turn();
  }

  async end(): Promise<void> {
    this.#system.answer = () => Promise.reject(new RecoverableError('FAKE_GONE', 'the process is gone'));
    for (const release of this.#release.splice(0)) release();
    const closed = this.#manager.close();
    await this.#clock.pass(30_000);
    await closed;
    assert.equal(this.#clock.timers, 0, 'a timer outlives the manager');
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  check(isOrdered: boolean): void {
    assertBalanced(this.metrics);
    if (isOrdered) this.#checkOrder();
  }

  /** What a client sent first arrives first; a second delivery of the same record does not count. */
  #checkOrder(): void {
    const seen = new Set<string>();
    const last = new Map<string, number>();
    for (const text of this.delivered) {
      if (seen.has(text)) continue;
      seen.add(text);
      const [client = '', number = ''] = text.split('-');
      const value = Number.parseInt(number, 10);
      assert.ok(value > (last.get(client) ?? -1), `${text} arrives after ${client}-${last.get(client)}`);
      last.set(client, value);
    }
  }

  async #editConnector(): Promise<void> {
    await this.#manager.putConnector('fake', 'c', {
      host: `h${this.#edits}`,
      resource_opts: { health_check_interval: 1000 },
    });
  }

  #config() {
    return { connector: 'c', parameters: { edit: this.#edits }, resource_opts: this.options };
  }

  #newManager(): ResourceManager {
    const system = this.#system;
    system.delivery = this.#delivery;
    system.answer = (write) => (this.#delivery.pipelined === true ? this.#answerInOrder(write) : this.#answer(write));
    return new ResourceManager({
      definitions: [system.definition],
      node: 'n',
      dataDir: this.#dataDir,
      log: silentLog,
      clock: this.#clock,
      random: this.random,
    });
  }

  /** As a pipelining sink does: one after the other, and a failure takes along what was started behind it. */
  async #answerInOrder(write: FakeWrite): Promise<readonly Rejection[]> {
    const before = this.#pipelines.get(write.lane) ?? Promise.resolve(true);
    const answer = before.then((isGood) => {
      if (!isGood) throw new RecoverableError('FAKE_BEHIND', 'an earlier write failed');
      return this.#answer(write);
    });
    const isGood = answer.then(
      () => true,
      () => false,
    );
    this.#pipelines.set(write.lane, isGood);
    try {
      return await answer;
    } finally {
      // The last of a row ends it: what starts now starts afresh.
      if (this.#pipelines.get(write.lane) === isGood) this.#pipelines.delete(write.lane);
    }
  }

  async #answer(write: FakeWrite): Promise<readonly Rejection[]> {
    if (this.#mood === 'stalled') await this.#stall(write.signal);
    if (this.#mood === 'down') throw new NotConnectedError('FAKE_DOWN', 'the target is down');
    if (this.#mood === 'flaky' && this.random() < 0.5) throw new RecoverableError('FAKE_BUSY', 'try again');
    const bad = write.texts.flatMap((text, index) => (text.includes('!') ? [index] : []));
    const error = new UnrecoverableError('FAKE_BAD', 'a bad record');
    if (bad.length > 0 && this.random() < 0.5) throw error;
    this.delivered.push(...write.texts.filter((text) => !text.includes('!')));
    return bad.map((index) => ({ index, error }));
  }

  #stall(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#release.push(resolve);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}

/** Whether the publisher has been told that the record is safe. */
export function isAcknowledged({ gate, wasAcknowledged }: Sent): boolean {
  return wasAcknowledged || gate?.isOpen === true;
}

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'millrace-resource-'));
}
