import { notFound } from '../http/api-error.ts';
import { parseResourceId, type ResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';

/** Roots of the configuration that hold resources. */
export type ResourceRoot = 'connectors' | 'actions' | 'sources';

type Settings = Readonly<Record<string, unknown>>;

/** What answers add to the settings; scripts send it back. */
const ANSWER_FIELDS: ReadonlySet<string> = new Set(
  'id type name status status_reason node_status node error rules actions sources metrics node_metrics created_at last_modified_at'.split(
    ' ',
  ),
);

/** The stored settings of a resource, secrets masked; undefined when there is no such resource. */
export function storedSettings(
  { config }: ApiPorts,
  root: ResourceRoot,
  { type, name }: ResourceId,
): Settings | undefined {
  return config.masked([root, type, name]) as Settings | undefined;
}

/** The id in a URL, when a resource has it; 404 otherwise. */
export function existing(ports: ApiPorts, root: ResourceRoot, text: string): ResourceId {
  const id = parseResourceId(text);
  if (storedSettings(ports, root, id) === undefined) throw notFound(`${KINDS[root]} ${text} does not exist`);
  return id;
}

const KINDS: Readonly<Record<ResourceRoot, string>> = { connectors: 'Connector', actions: 'Action', sources: 'Source' };

/** The settings in a body, without what answers add, and with the times that the server keeps. */
export function settingsOf(body: Settings, { clock }: ApiPorts, old?: Settings): Record<string, unknown> {
  const now = clock?.now() ?? Date.now();
  const settings = Object.entries(body).filter(([key]) => !ANSWER_FIELDS.has(key));
  return { ...Object.fromEntries(settings), created_at: old?.['created_at'] ?? now, last_modified_at: now };
}
