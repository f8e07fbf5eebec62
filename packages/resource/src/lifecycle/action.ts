import { join } from 'node:path';
import type { Link, Log, RuleOutput, Sink, SinkDefinition } from '@millrace/contract';
import type { Entry } from '../buffer/block.ts';
import { BufferLog } from '../buffer/buffer-log.ts';
import type { Files } from '../buffer/files.ts';
import type { BufferMemory } from '../buffer/memory.ts';
import { type DispatchEvents, Dispatcher } from '../dispatch/dispatcher.ts';
import type { ResourceEvents } from '../events.ts';
import { type ChannelVerdict, runChannel } from '../health/channel-loop.ts';
import { closeWithin } from '../health/close-within.ts';
import { OutcomeCode } from '../metrics/counters.ts';
import { Ledger } from '../metrics/ledger.ts';
import { Rate } from '../metrics/rate.ts';
import { actionMetrics } from '../metrics/view.ts';
import type { ActionMetrics, ActionPort, ChannelConfig, Clock, Gate, ResourceStatus, SubmitOrigin } from '../ports.ts';
import type { Turn, TurnMember } from '../turn.ts';
import type { Channel, Connector } from './connector.ts';
import { type Delivery, resolveDelivery } from './delivery.ts';
import { OrderKey } from './order-key.ts';

export interface ActionParts {
  readonly type: string;
  readonly name: string;
  readonly definition: SinkDefinition<never, Link>;
  readonly dataDir: string;
  readonly node: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly files: Files;
  readonly memory: BufferMemory;
  readonly turn: Turn;
  readonly events: ResourceEvents;
}

/** How long running calls may take to end when the action or its connector is edited. */
const EDIT_GRACE_MS = 5000;
const NOT_READY: ChannelVerdict = { status: 'connecting', reason: '', isReady: false, isUnhealthyTarget: false };

type LinkState = 'down' | 'paused' | 'up' | 'stopped';

/**
 * One action while it exists: the port that rules submit to, its buffer, and the way to its sink. An edit replaces the
 * sink and the dispatcher; the buffer, the counters and the port stay.
 */
export class Action implements ActionPort, Channel, TurnMember {
  readonly kind = 'action';
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly rate = new Rate();
  readonly #parts: ActionParts;
  readonly #log: BufferLog;
  readonly #ledger: Ledger;
  #config: ChannelConfig;
  #connector: Connector;
  #delivery: Delivery;
  #orderKey: OrderKey;
  #sink: Sink;
  #dispatcher: Dispatcher;
  #linkState: LinkState = 'down';
  #linkReason = '';
  #announced: ResourceStatus = 'connecting';
  #verdict: ChannelVerdict = NOT_READY;
  #channelLoop: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;
  /** Why outputs are not taken: an outcome, or undefined when they are. */
  #refusal: OutcomeCode | 'discarded' | undefined;
  #isRemoved = false;
  /** Nothing is taken any more: the action is being closed or removed. */
  #isEnded = false;
  #edits: Promise<void> = Promise.resolve();

  constructor(parts: ActionParts, config: ChannelConfig, connector: Connector) {
    this.#parts = parts;
    this.type = parts.type;
    this.name = parts.name;
    this.id = `${parts.type}:${parts.name}`;
    this.#config = config;
    this.#connector = connector;
    this.#delivery = this.#resolve(config, connector);
    this.#orderKey = new OrderKey(this.#delivery.ordering);
    this.#sink = this.#createSink(config, connector.link);
    this.#log = this.#openLog();
    this.#ledger = new Ledger(this.#log);
    this.rate.reset(this.#ledger.matched);
    this.#dispatcher = this.#createDispatcher([]);
    this.#refuseOrTake();
    parts.turn.touch(this);
  }

  get resourceId(): string {
    return `action:${this.id}:${this.#connector.resourceId}`;
  }

  get config(): ChannelConfig {
    return this.#config;
  }

  get isEnabled(): boolean {
    return !this.#isRemoved && this.#config.enable !== false;
  }

  get connector(): Connector {
    return this.#connector;
  }

  get status(): ResourceStatus {
    if (!this.isEnabled || this.#linkState === 'stopped') return 'stopped';
    if (this.#linkState === 'down') return this.#connector.status === 'connecting' ? 'connecting' : 'disconnected';
    if (this.#linkState === 'paused' || this.#log.failure !== undefined) return 'connecting';
    return this.#verdict.status;
  }

  get reason(): string {
    if (!this.isEnabled) return 'the action is disabled';
    if (this.#linkState === 'stopped') return 'the connector is stopped';
    if (this.#linkState !== 'up') return this.#linkReason;
    const failure = this.#log.failure;
    return failure === undefined ? this.#verdict.reason : `the buffer cannot use its files: ${failure.message}`;
  }

  submit(output: RuleOutput, origin: SubmitOrigin): Gate | undefined {
    if (this.#refusal !== undefined || this.#log.isRefusing) return this.#refuse(origin);
    const log = this.#log;
    const writer = log.begin();
    try {
      this.#sink.encode(output, writer);
    } catch (error) {
      log.cancel(writer);
      this.#parts.turn.touch(this);
      this.#parts.events.recordFailed(this.resourceId, error as Error);
      this.#ledger.refuse(OutcomeCode.failed, origin.settled);
      return undefined;
    }
    log.end(writer, this.#orderKey.hash(origin), this.#ledger.enter(origin.settled));
    this.#parts.turn.touch(this);
    if (this.#delivery.isSync) return this.#ledger.gateOf(log.nextSequence - 1);
    return this.#delivery.log.mode === 'durable' ? log.gate() : undefined;
  }

  commit(): void {
    this.#log.commit();
  }

  pump(): void {
    this.#dispatcher.pump();
    // What was dropped just now goes to the ack file in this turn too.
    this.#log.commit();
  }

  metrics(): ActionMetrics {
    const oldest = this.#dispatcher.oldestEnqueuedAt();
    return actionMetrics(this.#ledger, this.rate, oldest === Infinity ? 0 : this.#parts.clock.now() - oldest);
  }

  resetMetrics(): void {
    this.#ledger.clear();
    this.rate.reset(this.#ledger.matched);
  }

  /** Periodic work: rates, counters of what no ack file knows, memory of an idle buffer. */
  tick(): void {
    this.rate.sample(this.#ledger.matched);
    if (this.#delivery.log.mode !== 'durable') this.#log.saveCounters();
    this.#log.trim();
  }

  linkUp(): void {
    this.#setLink('up', '');
    this.#dispatcher.resumeLanes();
    this.#startLoop();
  }

  linkPaused(): void {
    this.#setLink('paused', this.#connector.reason);
  }

  linkResumed(): void {
    this.#setLink('up', '');
  }

  linkDown(reason: string): void {
    this.#setLink('down', reason);
    this.#endLoop();
    // Nobody else ends a call that waits on a dead link.
    this.#dispatcher.abortCalls();
  }

  linkStopped(): void {
    this.#setLink('stopped', '');
    this.#endLoop();
    this.#dispatcher.abortCalls();
    // Memory would not outlive a long stop anyway, and EMQX drops here too; a durable buffer keeps what it has taken.
    if (this.#delivery.log.mode !== 'durable') this.#dispatcher.dropQueued(OutcomeCode.resourceStopped);
    this.#parts.turn.touch(this);
  }

  relink(link: Link): Promise<void> {
    return this.#edit(() => this.#replace(this.#config, this.#connector, link));
  }

  /** Takes an edited config over, with everything that is queued. Throws and changes nothing when the sink refuses the parameters. */
  update(config: ChannelConfig, connector: Connector): Promise<void> {
    return this.#edit(async () => {
      const former = this.#connector;
      await this.#replace(config, connector, connector.link);
      if (former === connector) return;
      former.channels.delete(this);
      connector.attach(this);
    });
  }

  setEnabled(enable: boolean): void {
    this.#config = { ...this.#config, enable };
    if (enable && this.#linkState === 'up') this.#startLoop();
    else if (!enable) this.#endLoop();
    this.#refuseOrTake();
    this.#announce(true);
  }

  /** Sends what memory alone holds, as far as the signal lets it. */
  async flush(signal: AbortSignal): Promise<void> {
    if (this.#delivery.log.mode !== 'durable' && this.#ledger.log.outstanding > 0) await this.#dispatcher.flush(signal);
  }

  /** Ends the action's run; a durable buffer keeps its records for the next one. */
  async close(graceMs: number): Promise<void> {
    this.#connector.channels.delete(this);
    await this.#end(graceMs);
    await this.#log.close();
  }

  /** Ends the action for good. What is in its buffer counts `resource_not_found`, so that nobody waits for it. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    this.#connector.channels.delete(this);
    const left = await this.#end(0);
    const { log } = this.#ledger;
    this.#parts.events.bufferRemoved(this.resourceId, log.outstanding);
    this.#ledger.settleAll(left, OutcomeCode.resourceNotFound, this.#parts.clock.now());
    for (let entry = log.next(); entry !== undefined; entry = log.next()) {
      this.#ledger.settle(entry, OutcomeCode.resourceNotFound, this.#parts.clock.now());
    }
    await log.remove();
  }

  async #end(graceMs: number): Promise<readonly Entry[]> {
    this.#isEnded = true;
    this.#refuseOrTake();
    await this.#edits;
    this.#endLoop();
    this.#log.commit();
    const left = await this.#dispatcher.stop(graceMs);
    await this.#closeSink(this.#sink);
    return left;
  }

  #refuse(origin: SubmitOrigin): Gate | undefined {
    const refusal = this.#refusal;
    if (refusal === 'discarded') {
      origin.settled?.settled('discarded', 1);
      return undefined;
    }
    this.#parts.turn.touch(this);
    this.#ledger.refuse(refusal ?? OutcomeCode.queueFull, origin.settled);
    if (refusal !== undefined) return undefined;
    // Not taken, and counted so; its publisher still waits until the disk takes records again: that slows it down.
    this.#reportOverflow('memory while the disk takes nothing', 1);
    return this.#log.gate();
  }

  #refuseOrTake(): void {
    const keeps = this.#delivery.log.mode === 'durable';
    if (!this.isEnabled || this.#isEnded) this.#refusal = 'discarded';
    else if (this.#linkState === 'stopped') this.#refusal = OutcomeCode.resourceStopped;
    else if (this.#verdict.isUnhealthyTarget && !keeps) this.#refusal = OutcomeCode.resourceStopped;
    else this.#refusal = undefined;
    this.#dispatcher.setReady(this.isEnabled && this.#linkState === 'up' && this.#verdict.isReady);
  }

  #setLink(state: LinkState, reason: string): void {
    this.#linkState = state;
    this.#linkReason = reason;
    this.#refuseOrTake();
    this.#announce(false);
  }

  #startLoop(): void {
    this.#endLoop();
    if (!this.isEnabled) return;
    const controller = new AbortController();
    const { clock, random } = this.#parts;
    const sink = this.#sink;
    const options = {
      target: sink,
      settings: this.#delivery.health,
      clock,
      random,
      onVerdict: (verdict: ChannelVerdict) => this.#judge(verdict),
      onLinkFailed: (error: Parameters<DispatchEvents['linkFailed']>[0]) => this.#connector.suspect(error),
    };
    this.#channelLoop = { controller, done: runChannel(options, controller.signal) };
  }

  #endLoop(): void {
    this.#channelLoop?.controller.abort();
    this.#channelLoop = undefined;
    this.#verdict = NOT_READY;
    this.#refuseOrTake();
  }

  #judge(verdict: ChannelVerdict): void {
    this.#verdict = verdict;
    this.#refuseOrTake();
    this.#announce(true);
  }

  /** Tells of a status that is not the last one told. */
  #announce(isOwn: boolean): void {
    const { status } = this;
    if (status === this.#announced) return;
    this.#announced = status;
    this.#parts.events.statusChanged(this.resourceId, status, this.reason, isOwn);
  }

  /** One edit after the other. */
  #edit(work: () => Promise<void>): Promise<void> {
    const run = this.#edits.then(work);
    this.#edits = run.catch(() => undefined);
    return run;
  }

  async #replace(config: ChannelConfig, connector: Connector, link: Link): Promise<void> {
    const sink = this.#createSink(config, link);
    const delivery = this.#resolve(config, connector);
    const former = this.#sink;
    this.#endLoop();
    this.#log.commit();
    this.#sink = sink;
    this.#config = config;
    this.#connector = connector;
    this.#delivery = delivery;
    this.#orderKey = new OrderKey(delivery.ordering);
    this.#log.configure(delivery.log);
    const carried = await this.#dispatcher.stop(EDIT_GRACE_MS);
    this.#dispatcher = this.#createDispatcher(carried);
    await this.#closeSink(former);
    this.#refuseOrTake();
    if (this.#linkState === 'up') this.#startLoop();
    this.#parts.turn.touch(this);
  }

  async #closeSink(sink: Sink): Promise<void> {
    try {
      await closeWithin(() => sink.close?.(), this.#parts.clock);
    } catch (error) {
      this.#parts.events.closeFailed(this.resourceId, error);
    }
  }

  #createSink(config: ChannelConfig, link: Link): Sink {
    const { definition, node, log } = this.#parts;
    return definition.create(config.parameters as never, link, { id: this.resourceId, node, log });
  }

  #resolve(config: ChannelConfig, connector: Connector): Delivery {
    const ofType = this.#parts.definition.delivery?.(config.parameters as never) ?? {};
    const delivery = resolveDelivery(ofType, { ...connector.config.resource_opts, ...config.resource_opts });
    const { requestTtlMs } = delivery.dispatch;
    const { intervalMs } = delivery.health;
    if (requestTtlMs < 2 * intervalMs) this.#parts.events.lifeIsShort(`action:${this.id}`, requestTtlMs, intervalMs);
    return delivery;
  }

  #openLog(): BufferLog {
    const { dataDir, files, clock, memory, turn, events } = this.#parts;
    const log = new BufferLog({
      directory: join(dataDir, 'buffers', this.type, this.name),
      files,
      clock,
      memory,
      settings: this.#delivery.log,
      onFailure: (what, error) => events.bufferFailed(this.resourceId, what, error),
      onDirty: () => turn.touch(this),
    });
    const { outstanding, damaged, unkept } = log.recovered;
    events.bufferRecovered(this.resourceId, { records: outstanding, damaged, unkept });
    return log;
  }

  #createDispatcher(carried: ConstructorParameters<typeof Dispatcher>[0]['carried']): Dispatcher {
    const { memory, clock, random } = this.#parts;
    const settings = this.#delivery.dispatch;
    return new Dispatcher({
      ledger: this.#ledger,
      memory,
      sink: this.#sink,
      settings,
      clock,
      random,
      carried,
      events: this.#dispatchEvents(),
    });
  }

  #dispatchEvents(): DispatchEvents {
    const { events, turn } = this.#parts;
    return {
      touched: () => turn.touch(this),
      linkFailed: (error) => this.#connector.suspect(error),
      attemptFailed: (error) => events.attemptFailed(this.resourceId, error),
      sinkBroke: (error) => events.sinkBroke(this.resourceId, error),
      recordFailed: (error) => events.recordFailed(this.resourceId, error),
      callStuck: () => events.callStuck(this.resourceId),
      queueOverflowed: (limit, count) => this.#reportOverflow(limit, count),
    };
  }

  #reportOverflow(limit: string, count: number): void {
    const { memory, events } = this.#parts;
    const limitBytes = limit === 'node budget' ? memory.budgetBytes : this.#delivery.log.maxBytes;
    const key = `actions.${this.type}.${this.name}.resource_opts.max_buffer_bytes`;
    events.queueOverflowed(this.resourceId, {
      limit: limit === 'max_buffer_bytes' ? key : limit,
      limitBytes,
      bytes: this.#ledger.queuingBytes,
      count,
    });
  }
}
