import type { Link, Log, RuleOutput, Source, SourceDefinition } from '@millrace/contract';
import type { ResourceEvents } from '../events.ts';
import { type ChannelVerdict, runChannel } from '../health/channel-loop.ts';
import { closeWithin } from '../health/close-within.ts';
import { Rate } from '../metrics/rate.ts';
import { sourceMetrics } from '../metrics/view.ts';
import { type ActionMetrics, type ChannelConfig, type Clock, type ResourceStatus } from '../ports.ts';
import type { Channel, Connector } from './connector.ts';
import type { HealthSettings } from './health-settings.ts';
import { healthSettings } from './health-settings.ts';

export interface SourceParts {
  readonly type: string;
  readonly name: string;
  readonly definition: SourceDefinition<never, Link>;
  readonly node: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: ResourceEvents;
  /** Hands messages to the rules; see `SourceContext.emit`. */
  readonly emit: (sourceId: string, messages: readonly RuleOutput[]) => Promise<void>;
}

const NOT_READY: ChannelVerdict = { status: 'connecting', reason: '', isReady: false, isUnhealthyTarget: false };

/** One source while it exists: reads while its link is connected and reading is allowed. */
export class SourceChannel implements Channel {
  readonly kind = 'source';
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly rate = new Rate();
  readonly #parts: SourceParts;
  #config: ChannelConfig;
  #connector: Connector;
  #source: Source;
  #received = 0;
  #isLinkUp = false;
  #isAllowed: boolean;
  #linkReason = '';
  #verdict: ChannelVerdict = NOT_READY;
  #loop: { readonly controller: AbortController; readonly done: Promise<void>; readonly run: number } | undefined;
  /** Counts the occasions at which a running source has to begin anew. */
  #run = 0;
  #changes: Promise<void> = Promise.resolve();

  /** `isAllowed` is false until the listeners are open: a source that reads earlier would find no subscriber. */
  constructor(parts: SourceParts, config: ChannelConfig, connector: Connector, isAllowed: boolean) {
    this.#parts = parts;
    this.type = parts.type;
    this.name = parts.name;
    this.id = `${parts.type}:${parts.name}`;
    this.#config = config;
    this.#connector = connector;
    this.#isAllowed = isAllowed;
    this.#source = this.#create(config, connector.link);
  }

  get resourceId(): string {
    return `source:${this.id}:${this.#connector.resourceId}`;
  }

  get config(): ChannelConfig {
    return this.#config;
  }

  get connector(): Connector {
    return this.#connector;
  }

  get isEnabled(): boolean {
    return this.#config.enable !== false;
  }

  get status(): ResourceStatus {
    if (!this.isEnabled || this.#connector.status === 'stopped') return 'stopped';
    if (this.#isLinkUp) return this.#verdict.status;
    return this.#connector.status === 'connecting' ? 'connecting' : 'disconnected';
  }

  get reason(): string {
    if (!this.isEnabled) return 'the source is disabled';
    return this.#isLinkUp ? this.#verdict.reason : this.#linkReason;
  }

  metrics(): ActionMetrics {
    return sourceMetrics(this.#received, this.rate);
  }

  resetMetrics(): void {
    this.#received = 0;
    this.rate.reset(0);
  }

  tick(): void {
    this.rate.sample(this.#received);
  }

  allow(): void {
    this.#isAllowed = true;
    this.#reconcile();
  }

  linkUp(): void {
    this.#isLinkUp = true;
    this.#run += 1;
    this.#reconcile();
  }

  linkPaused(): void {
    this.#linkReason = this.#connector.reason;
  }

  linkResumed(): void {
    this.#linkReason = '';
  }

  linkDown(reason: string): void {
    this.#isLinkUp = false;
    this.#linkReason = reason;
    this.#reconcile();
  }

  linkStopped(): void {
    this.linkDown('the connector is stopped');
  }

  relink(link: Link): Promise<void> {
    return this.#change(async () => {
      await this.#stop();
      this.#source = this.#create(this.#config, link);
    });
  }

  async update(config: ChannelConfig, connector: Connector): Promise<void> {
    const source = this.#create(config, connector.link);
    await this.#change(async () => {
      await this.#stop();
      this.#config = config;
      this.#source = source;
      if (connector === this.#connector) return;
      this.#connector.channels.delete(this);
      this.#connector = connector;
      this.#isLinkUp = false;
      connector.attach(this);
    });
    this.#reconcile();
  }

  setEnabled(enable: boolean): void {
    this.#config = { ...this.#config, enable };
    this.#reconcile();
  }

  async close(): Promise<void> {
    this.#connector.channels.delete(this);
    this.#isLinkUp = false;
    await this.#change(() => this.#stop());
  }

  /** Reads exactly while everything allows it. */
  #reconcile(): void {
    void this.#change(async () => {
      const mayRead = this.#isLinkUp && this.#isAllowed && this.isEnabled;
      if (mayRead && this.#loop?.run === this.#run) return;
      await this.#stop();
      if (mayRead) this.#start();
    });
  }

  #start(): void {
    const controller = new AbortController();
    const { clock, random } = this.#parts;
    const source = this.#source;
    const settings: HealthSettings = healthSettings({
      ...this.#connector.config.resource_opts,
      ...this.#config.resource_opts,
    });
    const check = source.check?.bind(source);
    const options = {
      target: { prepare: (signal: AbortSignal) => source.start(signal), ...(check === undefined ? {} : { check }) },
      settings,
      clock,
      random,
      onVerdict: (verdict: ChannelVerdict) => this.#judge(verdict),
      onLinkFailed: (error: Parameters<Connector['suspect']>[0]) => this.#connector.suspect(error),
    };
    this.#loop = { controller, done: runChannel(options, controller.signal), run: this.#run };
  }

  async #stop(): Promise<void> {
    const loop = this.#loop;
    this.#loop = undefined;
    this.#verdict = NOT_READY;
    if (loop === undefined) return;
    loop.controller.abort();
    await loop.done;
    try {
      await closeWithin(() => this.#source.stop(), this.#parts.clock);
    } catch (error) {
      this.#parts.events.closeFailed(this.resourceId, error);
    }
  }

  #judge(verdict: ChannelVerdict): void {
    const before = this.status;
    this.#verdict = verdict;
    if (this.status !== before) this.#parts.events.statusChanged(this.resourceId, this.status, this.reason);
  }

  /** One change after the other. */
  #change(work: () => Promise<void>): Promise<void> {
    const run = this.#changes.then(work);
    this.#changes = run.catch(() => undefined);
    return run;
  }

  #create(config: ChannelConfig, link: Link): Source {
    const { definition, node, log } = this.#parts;
    return definition.create(config.parameters as never, link, {
      id: this.resourceId,
      node,
      log,
      emit: (messages) => this.#emit(messages),
      lost: () => {
        this.#run += 1;
        this.#reconcile();
      },
    });
  }

  async #emit(messages: readonly RuleOutput[]): Promise<void> {
    this.#received += messages.length;
    await this.#parts.emit(this.id, messages);
  }
}
