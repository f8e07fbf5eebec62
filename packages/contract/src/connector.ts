import type { z } from 'zod';
import type { Sink, SinkContext, SinkDelivery } from './sink.ts';
import type { Source, SourceContext } from './source.ts';

/**
 * The name card of a connector: everything the rest of Millrace ever learns about an outside system.
 * `L` is the connector's own link class, shared by all its sinks and sources.
 */
export interface ConnectorDefinition<C = unknown, L extends Link = Link> {
  /** Config type, e.g. `kafka_producer`: the TYPE of `connectors.TYPE.NAME`. */
  readonly type: string;
  /** What people call the system, e.g. `Apache Kafka`. */
  readonly title: string;
  readonly description: string;
  /** Strict object schema of `connectors.TYPE.NAME` without the common fields (`enable`, `description`, `tags`, `resource_opts`). */
  readonly config: z.ZodType<C>;
  /** Makes the link without touching the network; loads no client library (that happens on first `connect`). */
  open(config: C, context: LinkContext): L;
  readonly sink?: SinkDefinition<never, L>;
  readonly source?: SourceDefinition<never, L>;
}

export interface SinkDefinition<C, L extends Link> {
  /** Strict object schema of `actions.TYPE.NAME.parameters`. */
  readonly parameters: z.ZodType<C>;
  /** Older names of the `parameters` block in configurations, e.g. `kafka`. */
  readonly parameterAliases?: readonly string[];
  /** Delivery settings that this type's parameters decide, and its own defaults; see {@link SinkDelivery}. */
  delivery?(parameters: C): Partial<SinkDelivery>;
  create(parameters: C, link: L, context: SinkContext): Sink;
}

export interface SourceDefinition<C, L extends Link> {
  /** Strict object schema of `sources.TYPE.NAME.parameters`. */
  readonly parameters: z.ZodType<C>;
  create(parameters: C, link: L, context: SourceContext): Source;
}

/** One configured connection while it runs. `resource` calls it; calls never overlap except `close`, which may come at any time. */
export interface Link {
  /** Connects, or throws a {@link DeliveryError} that names the cause. Called again after each loss. Obeys `signal` within a second. */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * Proves that the link is usable, without side effects. `NotConnectedError` means `disconnected` (connect is called
   * again); any other error means `connecting`.
   */
  check(signal: AbortSignal): Promise<void>;
  /** Gives back every socket, timer and handle. May be called twice, and before `connect`. */
  close(): Promise<void>;
}

export interface LinkContext {
  /** Resource id, e.g. `connector:kafka_producer:my_kafka`; good as client id. */
  readonly id: string;
  /** Name of this node, e.g. `millrace@127.0.0.1`. */
  readonly node: string;
  readonly log: Log;
  /** Tells the manager at once that an established link was lost, instead of at the next health check. */
  readonly lost: (reason: Error) => void;
}

/** Structured log: data in fields, static message. The same shape as pino. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Checks a definition's types and erases them for the registry. */
export function defineConnector<C, L extends Link, S = never, R = never>(definition: {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly config: z.ZodType<C>;
  open(config: C, context: LinkContext): L;
  readonly sink?: SinkDefinition<S, L>;
  readonly source?: SourceDefinition<R, L>;
}): ConnectorDefinition {
  return definition as unknown as ConnectorDefinition;
}
