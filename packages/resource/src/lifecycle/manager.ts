import type { ConnectorDefinition, Log, RuleOutput } from '@millrace/contract';
import { nodeFiles } from '../buffer/files.ts';
import { BufferMemory } from '../buffer/memory.ts';
import { systemClock } from '../clock.ts';
import { type ResourceEvent, ResourceEvents } from '../events.ts';
import { SAMPLE_INTERVAL_MS } from '../metrics/rate.ts';
import type { ActionMetrics, ActionPort, ChannelConfig, Clock, ConnectorConfig, ResourceView } from '../ports.ts';
import { Turn } from '../turn.ts';
import { Action } from './action.ts';
import { isSameChannel, isSameLink, ownFields } from './config-diff.ts';
import { Connector } from './connector.ts';
import { checkName, ResourceError } from './errors.ts';
import { probeLink, probeSink } from './probe.ts';
import { Serial } from './serial.ts';
import { SourceChannel } from './source.ts';
import { channelView, connectorView } from './views.ts';

export interface ResourceManagerOptions {
  readonly definitions: Iterable<ConnectorDefinition>;
  /** Name of this node, e.g. `millrace@127.0.0.1`. */
  readonly node: string;
  /** Buffers are kept below its `buffers/`. The caller holds its lock. */
  readonly dataDir: string;
  readonly log: Log;
  /** Takes messages of sources to the rules; resolves when their actions have taken them. */
  readonly emit?: (sourceId: string, messages: readonly RuleOutput[]) => Promise<void>;
  readonly onEvent?: (event: ResourceEvent) => void;
  /** Memory that the buffers of all actions may hold together. */
  readonly nodeBudgetBytes?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

const NODE_BUDGET_BYTES = 1024 * 1024 * 1024;
/** What memory alone holds is sent at shutdown for so long. */
const FLUSH_MS = 2500;
/** Running calls may end for so long, then they are aborted. All of it together leaves a shutdown below ten seconds. */
const CLOSE_GRACE_MS = 1000;

/** Runs connectors, actions and sources: links, health, buffers, delivery, counters. The door of the room. */
export class ResourceManager {
  readonly #definitions: ReadonlyMap<string, ConnectorDefinition>;
  readonly #options: ResourceManagerOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #events: ResourceEvents;
  readonly #memory: BufferMemory;
  readonly #turn: Turn;
  readonly #serial = new Serial();
  readonly #connectors = new Map<string, Connector>();
  readonly #actions = new Map<string, Action>();
  readonly #sources = new Map<string, SourceChannel>();
  #mayRead = false;
  #cancelTick: (() => void) | undefined;

  constructor(options: ResourceManagerOptions) {
    this.#options = options;
    this.#definitions = new Map([...options.definitions].map((definition) => [definition.type, definition]));
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#events = new ResourceEvents(options.log, this.#clock, options.onEvent ?? (() => undefined));
    this.#memory = new BufferMemory(options.nodeBudgetBytes ?? NODE_BUDGET_BYTES);
    this.#turn = new Turn(this.#clock);
    this.#scheduleTick();
  }

  /** Creates or edits. Answers as soon as the change is applied; `verdict` waits for the first check. */
  putConnector(type: string, name: string, config: ConnectorConfig): Promise<void> {
    return this.#serial.run(`connector:${type}:${name}`, async () => {
      const existing = this.#connectors.get(`${type}:${name}`);
      if (existing !== undefined) return this.#updateConnector(existing, config);
      checkName(name);
      const connector = new Connector(this.#connectorParts(type, name), config);
      this.#connectors.set(`${type}:${name}`, connector);
      if (connector.startsAtOnce) connector.start();
    });
  }

  /** Refused with `IN_USE` while an action or source is attached, disabled ones included. */
  removeConnector(type: string, name: string): Promise<void> {
    return this.#serial.run(`connector:${type}:${name}`, async () => {
      const connector = this.#connector(type, name);
      const dependents = this.#dependents(connector);
      if (dependents.length > 0) {
        throw new ResourceError(
          'IN_USE',
          `connector ${type}:${name} is used by ${dependents.join(', ')}; delete them first`,
          dependents,
        );
      }
      this.#connectors.delete(`${type}:${name}`);
      await connector.stop();
    });
  }

  /** Starts now, also out of a back-off, and waits for the first verdict, at most `start_timeout`. */
  async startConnector(type: string, name: string): Promise<void> {
    const connector = this.#connector(type, name);
    if (!connector.isEnabled)
      throw new ResourceError('DISABLED', `connector ${type}:${name} is disabled; enable it first`);
    await this.#serial.run(`connector:${type}:${name}`, async () => {
      connector.start();
      if (connector.status === 'disconnected') connector.poke();
    });
    await this.verdict(type, name);
  }

  stopConnector(type: string, name: string): Promise<void> {
    return this.#serial.run(`connector:${type}:${name}`, () => this.#connector(type, name).stop());
  }

  async restartConnector(type: string, name: string): Promise<void> {
    await this.stopConnector(type, name);
    await this.startConnector(type, name);
  }

  /** Waits until the connector is no longer `connecting`, at most its `start_timeout`. */
  async verdict(type: string, name: string): Promise<void> {
    const connector = this.#connector(type, name);
    const limit = new AbortController();
    const cancel = this.#clock.after(connector.startTimeoutMs, () => limit.abort());
    await connector.verdict(limit.signal);
    cancel();
  }

  /** Creates or edits. An edit carries the queue and the counters over. */
  putAction(type: string, name: string, config: ChannelConfig): Promise<void> {
    return this.#serial.run(`action:${type}:${name}`, async () => {
      const connector = this.#connector(type, config.connector);
      const existing = this.#actions.get(`${type}:${name}`);
      if (existing === undefined) this.#createAction(type, name, config, connector);
      else if (!isSameChannel(existing.config, config)) await existing.update(config, connector);
      else if ((config.enable !== false) !== existing.isEnabled) existing.setEnabled(config.enable !== false);
    });
  }

  /** Removes the action and everything in its buffer. */
  removeAction(type: string, name: string): Promise<void> {
    return this.#serial.run(`action:${type}:${name}`, async () => {
      const action = this.#action(`${type}:${name}`);
      this.#actions.delete(`${type}:${name}`);
      await action.remove();
    });
  }

  /** Starts the action's connector. */
  startAction(type: string, name: string): Promise<void> {
    const { connector } = this.#action(`${type}:${name}`);
    return this.startConnector(connector.type, connector.name);
  }

  putSource(type: string, name: string, config: ChannelConfig): Promise<void> {
    return this.#serial.run(`source:${type}:${name}`, async () => {
      const connector = this.#connector(type, config.connector);
      const existing = this.#sources.get(`${type}:${name}`);
      if (existing === undefined) this.#createSource(type, name, config, connector);
      else if (!isSameChannel(existing.config, config)) await existing.update(config, connector);
      else if ((config.enable !== false) !== existing.isEnabled) existing.setEnabled(config.enable !== false);
    });
  }

  removeSource(type: string, name: string): Promise<void> {
    return this.#serial.run(`source:${type}:${name}`, async () => {
      const source = this.#source(`${type}:${name}`);
      this.#sources.delete(`${type}:${name}`);
      await source.close();
    });
  }

  startSource(type: string, name: string): Promise<void> {
    const { connector } = this.#source(`${type}:${name}`);
    return this.startConnector(connector.type, connector.name);
  }

  /** Lets sources read, once listeners and rules are there. */
  startSources(): void {
    this.#mayRead = true;
    for (const source of this.#sources.values()) source.allow();
  }

  /** Tries a config with a throw-away link. Throws what is wrong with it. */
  async probeConnector(type: string, config: ConnectorConfig, signal: AbortSignal): Promise<void> {
    const { node, log } = this.#options;
    await probeLink(this.#definition(type), ownFields(config), { node, log }, signal);
  }

  /** Tries an action's config with a throw-away link of its connector's config. */
  async probeAction(type: string, config: ChannelConfig, signal: AbortSignal): Promise<void> {
    const { node, log } = this.#options;
    const definition = this.#definition(type);
    const { sink } = definition;
    if (sink === undefined) throw new ResourceError('UNKNOWN_TYPE', `${type} has no action`);
    const connector = this.#connector(type, config.connector);
    await probeLink(definition, ownFields(connector.config), { node, log }, signal, (link, id) =>
      probeSink(sink.create(config.parameters as never, link, { id: `action:${type}:PROBE:${id}`, node, log }), signal),
    );
  }

  connectors(): ResourceView[] {
    return [...this.#connectors.values()].map((connector) => connectorView(connector, this.#channelsOf(connector)));
  }

  actions(): ResourceView[] {
    return [...this.#actions.values()].map(channelView);
  }

  sources(): ResourceView[] {
    return [...this.#sources.values()].map(channelView);
  }

  /** Where rules submit to; undefined when there is no such action. Stable while the action exists. */
  action(id: string): ActionPort | undefined {
    return this.#actions.get(id);
  }

  metrics(id: string): ActionMetrics {
    return this.#action(id).metrics();
  }

  resetMetrics(id: string): void {
    this.#action(id).resetMetrics();
  }

  sourceMetrics(id: string): ActionMetrics {
    return this.#source(id).metrics();
  }

  resetSourceMetrics(id: string): void {
    this.#source(id).resetMetrics();
  }

  /** Group commit of all logs: called before acknowledgements of a turn leave. Runs by itself at the end of the turn otherwise. */
  commit(): void {
    this.#turn.commit();
  }

  /** Stops sources, sends what memory alone holds as far as time lets it, and closes buffers, sinks and links. */
  async close(): Promise<void> {
    this.#cancelTick?.();
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
    const limit = new AbortController();
    const cancel = this.#clock.after(FLUSH_MS, () => limit.abort());
    await Promise.all([...this.#actions.values()].map((action) => action.flush(limit.signal)));
    cancel();
    await Promise.all([...this.#actions.values()].map((action) => action.close(CLOSE_GRACE_MS)));
    await Promise.all([...this.#connectors.values()].map((connector) => connector.stop()));
  }

  async #updateConnector(connector: Connector, config: ConnectorConfig): Promise<void> {
    await connector.update(config, isSameLink(connector.config, config));
    if (connector.isEnabled) connector.start();
    else await connector.stop();
  }

  #createAction(type: string, name: string, config: ChannelConfig, connector: Connector): void {
    const definition = this.#definition(type).sink;
    if (definition === undefined) throw new ResourceError('UNKNOWN_TYPE', `${type} has no action; it is a source only`);
    checkName(name);
    const { dataDir, node, log } = this.#options;
    const shared = {
      clock: this.#clock,
      random: this.#random,
      events: this.#events,
      memory: this.#memory,
      turn: this.#turn,
    };
    const action = new Action(
      { type, name, definition, dataDir, node, log, files: nodeFiles, ...shared },
      config,
      connector,
    );
    this.#actions.set(`${type}:${name}`, action);
    connector.attach(action);
  }

  #createSource(type: string, name: string, config: ChannelConfig, connector: Connector): void {
    const definition = this.#definition(type).source;
    if (definition === undefined)
      throw new ResourceError('UNKNOWN_TYPE', `${type} has no source; it is an action only`);
    checkName(name);
    const { node, log, emit = () => Promise.resolve() } = this.#options;
    const shared = { clock: this.#clock, random: this.#random, events: this.#events };
    const source = new SourceChannel(
      { type, name, definition, node, log, emit, ...shared },
      config,
      connector,
      this.#mayRead,
    );
    this.#sources.set(`${type}:${name}`, source);
    connector.attach(source);
  }

  #connectorParts(type: string, name: string) {
    const { node, log } = this.#options;
    return {
      definition: this.#definition(type),
      name,
      node,
      log,
      clock: this.#clock,
      random: this.#random,
      events: this.#events,
    };
  }

  #definition(type: string): ConnectorDefinition {
    const definition = this.#definitions.get(type);
    if (definition === undefined) throw new ResourceError('UNKNOWN_TYPE', `there is no connector type ${type}`);
    return definition;
  }

  #connector(type: string, name: string): Connector {
    const connector = this.#connectors.get(`${type}:${name}`);
    if (connector === undefined) throw new ResourceError('NOT_FOUND', `there is no connector ${type}:${name}`);
    return connector;
  }

  #action(id: string): Action {
    const action = this.#actions.get(id);
    if (action === undefined) throw new ResourceError('NOT_FOUND', `there is no action ${id}`);
    return action;
  }

  #source(id: string): SourceChannel {
    const source = this.#sources.get(id);
    if (source === undefined) throw new ResourceError('NOT_FOUND', `there is no source ${id}`);
    return source;
  }

  #channelsOf(connector: Connector): (Action | SourceChannel)[] {
    return [...this.#actions.values(), ...this.#sources.values()].filter((channel) => channel.connector === connector);
  }

  #dependents(connector: Connector): string[] {
    return this.#channelsOf(connector).map((channel) => `${channel.kind} ${channel.id}`);
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#clock.after(SAMPLE_INTERVAL_MS, () => {
      for (const resource of [...this.#actions.values(), ...this.#sources.values()]) resource.tick();
      this.#scheduleTick();
    });
  }
}
