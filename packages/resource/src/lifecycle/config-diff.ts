import { isDeepStrictEqual } from 'node:util';
import type { ChannelConfig, ConnectorConfig } from '../ports.ts';

/** Fields of a connector that are not the connector type's own. */
const COMMON_FIELDS: ReadonlySet<string> = new Set([
  'enable',
  'description',
  'tags',
  'resource_opts',
  'created_at',
  'last_modified_at',
]);

/** What the connector type gets to see. */
export function ownFields(config: ConnectorConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([field]) => !COMMON_FIELDS.has(field)));
}

export function isSameLink(one: ConnectorConfig, other: ConnectorConfig): boolean {
  return isDeepStrictEqual(ownFields(one), ownFields(other));
}

/** True when the change, a label or the switch, leaves the running channel as it is. */
export function isSameChannel(one: ChannelConfig, other: ChannelConfig): boolean {
  const relevant = ({ connector, parameters, resource_opts }: ChannelConfig) => ({
    connector,
    parameters,
    options: resource_opts ?? {},
  });
  return isDeepStrictEqual(relevant(one), relevant(other));
}
