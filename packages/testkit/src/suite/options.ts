import type { ConnectorDefinition, Log, ResourceOptions, RuleOutput } from '@millrace/contract';

/** The real outside system of a suite. */
export interface SuiteTarget extends AsyncDisposable {
  /** Where it listens on loopback; undefined for an embedded one, which no proxy can stand in front of. */
  readonly port: number | undefined;
}

/** What a connector may be unable to do. It is declared with the reason, and its test is skipped with it. */
export type Capability =
  /** The link can break: there is a network in between. */
  | 'be cut off'
  /** A link that stays open and moves no bytes is noticed. */
  | 'notice a stall'
  /** One record of a batch can be refused while the others are taken. */
  | 'refuse one record'
  /** `write` ends within a second when it is aborted. */
  | 'be aborted';

export interface ConnectorSuiteOptions<T extends SuiteTarget = SuiteTarget> {
  /** Starts the system, once for the whole suite. */
  start(): Promise<T>;
  /** `connectors.TYPE.NAME` as a user writes it, through `port` (the system's own, or that of a proxy in front of it). */
  connector(target: T, port: number | undefined): object;
  /** `connectors.TYPE.NAME` of a system that is not there; default: a port on which nobody listens. */
  awayConnector?(target: T): object;
  /** `actions.TYPE.NAME.parameters` as a user writes it. */
  parameters(target: T): object;
  /** The n-th record. Numbers are never used twice in a suite. */
  output(n: number): RuleOutput;
  /** Numbers of the records that are in the system, in the order in which it took them, repeated ones repeated. */
  readBack(target: T): Promise<readonly number[]>;
  /** A record that the system refuses for good. */
  refusedOutput?(n: number): RuleOutput;
  /** Makes the system stand still until it is disposed of; default: the proxy stalls. */
  block?(target: T): Promise<AsyncDisposable>;
  /** Texts that must never be seen in a log, an error or a status; the configurations above hold them. */
  readonly secrets: readonly string[];
  /** The real resource manager. A function, because this room may not import that one. */
  createManager(options: SuiteManagerOptions): SuiteManager;
  /** `resource_opts` of connector and action, parsed; short intervals, so that losses are noticed in test time. */
  readonly resourceOptions?: object;
  readonly readme: URL;
  /** Reads the examples of the README; a function for the same reason as `createManager`. */
  parseHocon(text: string): unknown;
  readonly cannot?: Readonly<Partial<Record<Capability, string>>>;
}

export interface SuiteManagerOptions {
  readonly definitions: readonly ConnectorDefinition[];
  readonly node: string;
  readonly dataDir: string;
  readonly log: Log;
}

/** What the suite needs of the resource manager. */
export interface SuiteManager {
  putConnector(type: string, name: string, config: { readonly [field: string]: unknown }): Promise<void>;
  putAction(type: string, name: string, config: SuiteActionConfig): Promise<void>;
  action(id: `${string}:${string}`): SuiteActionPort | undefined;
  metrics(id: `${string}:${string}`): SuiteMetrics;
  connectors(): readonly SuiteView[];
  actions(): readonly SuiteView[];
  commit(): void;
  close(): Promise<void>;
}

/** A type and not an interface, so that it fits the manager's open record of fields. */
export type SuiteActionConfig = {
  readonly connector: string;
  readonly parameters: unknown;
  readonly resource_opts: ResourceOptions;
};

export interface SuiteActionPort {
  submit(output: RuleOutput, origin: { readonly clientId: string; readonly topic: string }): unknown;
}

export interface SuiteView {
  readonly status: string;
  readonly statusReason: string;
}

export interface SuiteMetrics {
  readonly matched: number;
  readonly success: number;
  readonly failed: number;
  readonly dropped: number;
  readonly late_reply: number;
  readonly inflight: number;
  readonly queuing: number;
  readonly retried: number;
}
