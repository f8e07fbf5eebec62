import type { ConnectorDefinition } from '@millrace/contract';
import { z } from 'zod';
import { authentication, authorization } from './access.ts';
import { actions, connectors, sources } from './integration.ts';
import { apiKey, dashboard, listeners } from './listeners.ts';
import { log } from './log.ts';
import {
  autoSubscribe,
  delayed,
  flappingDetect,
  retainer,
  rewrite,
  slowSubs,
  sysTopics,
  topicMetrics,
} from './messages.ts';
import { alarm, prometheus, sysmon } from './monitoring.ts';
import { mqtt, zones } from './mqtt.ts';
import { cluster, node } from './node.ts';
import { ruleEngine } from './rule-engine.ts';

/** Roots that EMQX has and Millrace does nothing with: read, kept, written to dumps, and mentioned once. */
const UNUSED_ROOTS = [
  'bridges',
  'conn_congestion',
  'crl_cache',
  'durable_queues',
  'durable_sessions',
  'durable_storage',
  'exhook',
  'file_transfer',
  'force_gc',
  'force_shutdown',
  'gateway',
  'gcp_device',
  'license',
  'limiter',
  'message_transformation',
  'multi_tenancy',
  'node_rebalance',
  'opentelemetry',
  'overload_protection',
  'psk_authentication',
  'schema_registry',
  'schema_validation',
  'stats',
] as const;

/** The same, but without a word: they tune what Millrace does not have, or ask for what it never does. */
const SILENT_ROOTS = ['broker', 'rpc', 'telemetry'] as const;

const fixedRoots = {
  node,
  cluster,
  log,
  listeners,
  mqtt,
  zones,
  retainer,
  delayed,
  sys_topics: sysTopics,
  rewrite,
  auto_subscribe: autoSubscribe,
  topic_metrics: topicMetrics,
  slow_subs: slowSubs,
  flapping_detect: flappingDetect,
  authentication,
  authorization,
  dashboard,
  api_key: apiKey,
  rule_engine: ruleEngine,
  prometheus,
  alarm,
  sysmon,
  plugins: z
    .union([z.array(z.string()), z.looseObject({})])
    .prefault([])
    .meta({
      description: 'npm packages with connectors and SQL functions.',
    }),
};

/** An object of one type and name, common fields beside its own. */
export interface ConfiguredObject {
  readonly enable: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  readonly [field: string]: unknown;
}

/** Parsed configuration by root. */
export type Config = { readonly [Root in keyof typeof fixedRoots]: z.output<(typeof fixedRoots)[Root]> } & {
  readonly [Root in 'connectors' | 'actions' | 'sources']: Readonly<
    Record<string, Readonly<Record<string, ConfiguredObject>>>
  >;
};

export type RootSchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** The schema of everything: fixed roots, and connectors, actions and sources as the definitions say. */
export function rootSchema(definitions: readonly ConnectorDefinition[]): RootSchema {
  const loose = [...UNUSED_ROOTS, ...SILENT_ROOTS].map((root) => [root, z.unknown().optional()] as const);
  return z.strictObject({
    ...fixedRoots,
    connectors: connectors(definitions),
    actions: actions(definitions),
    sources: sources(definitions),
    ...Object.fromEntries(loose),
  });
}

export function isUnusedRoot(root: string): boolean {
  return (UNUSED_ROOTS as readonly string[]).includes(root);
}
