import { type ConnectorDefinition, type Link, type Log, NotConnectedError } from '@millrace/contract';
import { backoffMs } from '../dispatch/backoff.ts';
import type { ResourceEvents } from '../events.ts';
import { attempt, reasonOf } from '../health/attempt.ts';
import { closeWithin } from '../health/close-within.ts';
import { Wakeup } from '../health/wakeup.ts';
import type { Clock, ConnectorConfig, ResourceStatus } from '../ports.ts';
import { ownFields } from './config-diff.ts';
import { type HealthSettings, healthSettings } from './health-settings.ts';

/** An action or source as its connector sees it. */
export interface Channel {
  readonly kind: 'action' | 'source';
  readonly name: string;
  /** The link is connected, for the first time or again: make the channel ready. */
  linkUp(): void;
  /** The link may be gone; it is being looked at. */
  linkPaused(): void;
  /** It was fine after all. */
  linkResumed(): void;
  linkDown(reason: string): void;
  /** The connector was stopped or disabled. */
  linkStopped(): void;
  /** From now on this link is the channel's. */
  relink(link: Link): Promise<void>;
}

export interface ConnectorParts {
  readonly definition: ConnectorDefinition;
  readonly name: string;
  readonly node: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: ResourceEvents;
}

const FIRST_RECONNECT_MS = 500;
/** A link that lives shorter than this did not end a row of failures. */
const STABLE_MS = 5000;

/** One configured link, kept connected. Its status is told to all channels on it. */
export class Connector {
  readonly type: string;
  readonly name: string;
  readonly resourceId: string;
  readonly channels = new Set<Channel>();
  readonly #parts: ConnectorParts;
  #config: ConnectorConfig;
  #health: HealthSettings;
  #link: Link;
  #status: ResourceStatus = 'stopped';
  #reason = '';
  #running: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;
  readonly #wakeup: Wakeup;
  #lost: Error | undefined;
  #verdictWaiters: (() => void)[] = [];

  constructor(parts: ConnectorParts, config: ConnectorConfig) {
    this.type = parts.definition.type;
    this.name = parts.name;
    this.resourceId = `connector:${this.type}:${this.name}`;
    this.#parts = parts;
    this.#config = config;
    this.#health = healthSettings(config.resource_opts ?? {});
    this.#wakeup = new Wakeup(parts.clock);
    this.#link = this.#open(config);
  }

  get link(): Link {
    return this.#link;
  }

  get config(): ConnectorConfig {
    return this.#config;
  }

  get isEnabled(): boolean {
    return this.#config.enable !== false;
  }

  get status(): ResourceStatus {
    return this.#status;
  }

  get reason(): string {
    return this.#reason;
  }

  get startTimeoutMs(): number {
    return this.#health.startTimeoutMs;
  }

  get startsAtOnce(): boolean {
    return this.#health.startsAtOnce;
  }

  /** Lets a channel follow the link from now on. */
  attach(channel: Channel): void {
    this.channels.add(channel);
    if (this.#status === 'connected') channel.linkUp();
    else if (this.#status === 'stopped') channel.linkStopped();
    else channel.linkDown(this.#reason);
  }

  start(): void {
    if (this.#running !== undefined || !this.isEnabled) return;
    const controller = new AbortController();
    this.#setStatus('connecting', '');
    this.#running = { controller, done: this.#run(controller.signal) };
  }

  /** Closes the link; channels keep what they have queued, or drop it, as their buffer mode says. */
  async stop(): Promise<void> {
    const ended = this.#endLoop();
    this.#setStatus('stopped', this.isEnabled ? '' : 'disabled');
    for (const channel of this.channels) channel.linkStopped();
    await this.#closeLink(this.#link);
    await ended;
  }

  /** Tries to connect now instead of after the current wait. */
  poke(): void {
    this.#wakeup.wake();
  }

  /** Takes an edited config over. The channels move to a new link with their queues when the link itself has changed. */
  async update(config: ConnectorConfig, isSameLink: boolean): Promise<void> {
    const former = this.#link;
    const link = isSameLink ? former : this.#open(config);
    this.#config = config;
    this.#health = healthSettings(config.resource_opts ?? {});
    if (isSameLink) return;
    const ended = this.#endLoop();
    this.#link = link;
    if (this.#status !== 'stopped') this.#down(new Error('the connector is being changed'));
    // The running calls end on the link that they began on.
    await Promise.all([...this.channels].map((channel) => channel.relink(link)));
    await this.#closeLink(former);
    await ended;
  }

  /** Resolves at the first verdict about the link, or when the signal is aborted. */
  verdict(signal: AbortSignal): Promise<void> {
    if (this.#status !== 'connecting' || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#verdictWaiters.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** A call on the link found it gone. Nothing is written until it was looked at. */
  suspect(error: NotConnectedError): void {
    if (this.#status !== 'connected') return;
    this.#setStatus('connecting', reasonOf(error));
    for (const channel of this.channels) channel.linkPaused();
    this.#wakeup.wake();
  }

  #open(config: ConnectorConfig): Link {
    const { definition, node, log } = this.#parts;
    const link: Link = definition.open(ownFields(config), {
      id: this.resourceId,
      node,
      log,
      lost: (reason) => this.#onLost(link, reason),
    });
    return link;
  }

  #endLoop(): Promise<void> | undefined {
    const running = this.#running;
    this.#running = undefined;
    running?.controller.abort();
    return running?.done;
  }

  #onLost(link: Link, reason: Error): void {
    if (link !== this.#link || this.#running === undefined || this.#status === 'stopped') return;
    this.#lost = reason;
    this.#wakeup.wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      if (await this.#connect(signal)) {
        const connectedAt = clock.now();
        await this.#watch(signal);
        failures = clock.now() - connectedAt < STABLE_MS ? failures + 1 : 0;
      } else failures += 1;
      // The first reconnect after a stable time does not wait: most losses are over at once.
      if (failures > 0)
        await this.#wakeup.wait(backoffMs(failures, this.#health.intervalMs, random, FIRST_RECONNECT_MS), signal);
    }
  }

  async #connect(signal: AbortSignal): Promise<boolean> {
    const link = this.#link;
    this.#lost = undefined;
    try {
      await attempt((inner) => link.connect(inner), this.#health.timeoutMs, this.#parts.clock, signal);
      await attempt((inner) => link.check(inner), this.#health.timeoutMs, this.#parts.clock, signal);
    } catch (error) {
      if (!signal.aborted) this.#down(error);
      return false;
    }
    if (signal.aborted) return false;
    this.#setStatus('connected', '');
    for (const channel of this.channels) channel.linkUp();
    return true;
  }

  /** Looks at the link at each interval, and at once when somebody says that it is lost. Returns when it has to connect again. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#lost === undefined) await this.#wakeup.wait(this.#health.intervalMs, signal);
      if (signal.aborted) return;
      const problem = this.#lost ?? (await this.#check(signal));
      if (signal.aborted) return;
      if (problem === undefined) this.#healthy();
      else if (problem instanceof NotConnectedError || problem === this.#lost) return this.#down(problem);
      else this.#setStatus('connecting', reasonOf(problem));
    }
  }

  async #check(signal: AbortSignal): Promise<unknown> {
    const link = this.#link;
    try {
      await attempt((inner) => link.check(inner), this.#health.timeoutMs, this.#parts.clock, signal);
      return undefined;
    } catch (error) {
      return error ?? new Error('the check failed without a reason');
    }
  }

  #healthy(): void {
    if (this.#status === 'connected') return;
    this.#setStatus('connected', '');
    for (const channel of this.channels) channel.linkResumed();
  }

  #down(error: unknown): void {
    this.#setStatus('disconnected', reasonOf(error));
    for (const channel of this.channels) channel.linkDown(this.#reason);
  }

  #setStatus(status: ResourceStatus, reason: string): void {
    if (status === this.#status && reason === this.#reason) return;
    const isChanged = status !== this.#status;
    this.#status = status;
    this.#reason = reason;
    if (isChanged) this.#parts.events.statusChanged(this.resourceId, status, reason);
    if (status === 'connecting') return;
    for (const resolve of this.#verdictWaiters.splice(0)) resolve();
  }

  async #closeLink(link: Link): Promise<void> {
    try {
      await closeWithin(() => link.close(), this.#parts.clock);
    } catch (error) {
      this.#parts.events.closeFailed(this.resourceId, error);
    }
  }
}
