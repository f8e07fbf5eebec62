import type { Broker } from '@millrace/broker';
import type { ConfigStore } from '@millrace/config';
import type { ResourceManager } from '@millrace/resource';
import type { RuleEngine } from '@millrace/rules';
import type { z } from 'zod';
import type { Accounts } from './auth/accounts.ts';

/** Structured log: data in fields, static message. The same shape as pino. */
export interface ApiLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ApiClock {
  /** ms since the epoch. */
  now(): number;
}

export const systemClock: ApiClock = { now: () => Date.now() };

/** What the API tells about the process it runs in. */
export interface NodeInfo {
  /** e.g. `millrace@127.0.0.1` */
  readonly name: string;
  /** Release, e.g. `0.1.0`. */
  readonly version: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** False while the node starts or stops: `GET /status` then answers 503. */
  readonly isRunning: boolean;
  readonly logDir: string;
}

/** What the API needs to know of a connector type: its name, and schemas for forms and documents. */
export interface ConnectorType {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly config: z.ZodType;
  readonly sink?: { readonly parameters: z.ZodType };
  readonly source?: { readonly parameters: z.ZodType };
}

/** One listener as the API shows it. */
export interface ListenerInfo {
  /** `tcp:default` */
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly enable: boolean;
  /** As configured, with the chosen port when port 0 was asked for. */
  readonly bind: string;
  readonly acceptors: number;
  readonly running: boolean;
  readonly maxConnections: number;
  readonly currentConnections: number;
}

/** The listeners of the node. */
export interface ListenersPort {
  list(): readonly ListenerInfo[];
}

/** The running connectors, actions and sources. */
export type ResourcesPort = Pick<
  ResourceManager,
  | 'connectors'
  | 'actions'
  | 'sources'
  | 'metrics'
  | 'resetMetrics'
  | 'sourceMetrics'
  | 'resetSourceMetrics'
  | 'startConnector'
  | 'stopConnector'
  | 'restartConnector'
  | 'verdict'
  | 'startAction'
  | 'startSource'
  | 'probeConnector'
  | 'probeAction'
>;

/** Everything behind the API; the server plugs the rooms in. */
export interface ApiPorts {
  readonly node: NodeInfo;
  readonly accounts: Accounts;
  readonly config: Pick<ConfigStore, 'get' | 'masked' | 'parse' | 'update' | 'remove' | 'dump'>;
  readonly broker: Pick<
    Broker,
    | 'client'
    | 'clients'
    | 'kick'
    | 'subscribe'
    | 'unsubscribe'
    | 'subscriptions'
    | 'topics'
    | 'retained'
    | 'publish'
    | 'metrics'
    | 'stats'
  >;
  readonly rules: RuleEngine;
  readonly resources: ResourcesPort;
  readonly listeners: ListenersPort;
  readonly connectorTypes: readonly ConnectorType[];
  readonly log: ApiLog;
  readonly clock?: ApiClock;
  /** Answer with `Access-Control-Allow-Origin: *` (`dashboard.cors`). */
  readonly cors?: boolean;
  /** Serve `/api-docs` (`dashboard.swagger_support`); on unless said otherwise. */
  readonly apiDocs?: boolean;
  /** Prometheus paths need credentials (`prometheus.enable_basic_auth`). */
  readonly prometheusAuth?: boolean;
  /** Built dashboard to serve at `/`; a small page stands there without one. */
  readonly dashboardDir?: string | undefined;
}
