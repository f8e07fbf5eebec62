import type { ActionMetrics, ActionPort, ResourceView } from '@millrace/resource';
import type { ResourcesPort } from '../ports.ts';

type Root = 'connectors' | 'actions' | 'sources';

/** Resources that are connected as soon as they are configured, and keep what they are told to do. */
export class FakeResources implements ResourcesPort {
  readonly calls: string[] = [];
  /** Why nothing connects, if anything. */
  failure: string | undefined;
  readonly #views = { connectors: new Map(), actions: new Map(), sources: new Map() } as const satisfies Record<
    Root,
    Map<string, ResourceView>
  >;

  put(root: Root, type: string, name: string, settings: unknown): void {
    const id = `${type}:${name}`;
    if (settings === undefined) this.#views[root].delete(id);
    else
      this.#views[root].set(
        id,
        viewOf(type, name, settings as { readonly enable: boolean; readonly connector?: string }),
      );
  }

  action(id: string): ActionPort | undefined {
    return this.#views.actions.has(id) ? { id, isEnabled: true, submit: () => undefined } : undefined;
  }

  connectors(): ResourceView[] {
    const users = (root: 'actions' | 'sources', name: string) =>
      this.#list(root)
        .filter(({ connector }) => connector === name)
        .map((view) => view.name);
    return this.#list('connectors').map((view) => ({
      ...view,
      ...(this.failure === undefined ? undefined : { status: 'disconnected', statusReason: this.failure }),
      actions: users('actions', view.name),
      sources: users('sources', view.name),
    }));
  }

  actions(): ResourceView[] {
    return this.#list('actions');
  }

  sources(): ResourceView[] {
    return this.#list('sources');
  }

  metrics(id: string): ActionMetrics {
    this.calls.push(`metrics ${id}`);
    return NO_METRICS;
  }

  resetMetrics(id: string): void {
    this.calls.push(`reset ${id}`);
  }

  sourceMetrics(): ActionMetrics {
    return NO_METRICS;
  }

  resetSourceMetrics(id: string): void {
    this.calls.push(`reset source ${id}`);
  }

  verdict(): Promise<void> {
    return Promise.resolve();
  }

  startConnector = this.#does('start connector');
  stopConnector = this.#does('stop connector');
  restartConnector = this.#does('restart connector');
  startAction = this.#does('start action');
  startSource = this.#does('start source');
  probeConnector = this.#probes('connector');
  probeAction = this.#probes('action');

  #does(what: string) {
    return async (type: string, name: string): Promise<void> => {
      this.calls.push(`${what} ${type}:${name}`);
    };
  }

  #probes(what: string) {
    return async (type: string, settings: unknown): Promise<void> => {
      this.calls.push(`probe ${what} ${type} ${JSON.stringify(settings)}`);
      if (this.failure !== undefined) throw new Error(this.failure);
    };
  }

  #list(root: Root): ResourceView[] {
    return [...this.#views[root].values()];
  }
}

function viewOf(
  type: string,
  name: string,
  { enable, connector }: { readonly enable: boolean; readonly connector?: string },
): ResourceView {
  return {
    type,
    name,
    id: `${type}:${name}`,
    resourceId: '',
    isEnabled: enable,
    status: enable ? 'connected' : 'stopped',
    statusReason: '',
    connector,
    actions: [],
    sources: [],
  };
}

const NO_LATENCY = { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };
const NO_METRICS: ActionMetrics = {
  matched: 0,
  success: 0,
  failed: 0,
  dropped: 0,
  'dropped.expired': 0,
  'dropped.queue_full': 0,
  'dropped.resource_stopped': 0,
  'dropped.resource_not_found': 0,
  'dropped.other': 0,
  late_reply: 0,
  retried: 0,
  'retried.success': 0,
  'retried.failed': 0,
  received: 0,
  queuing: 0,
  queuing_bytes: 0,
  inflight: 0,
  rate: 0,
  rate_last5m: 0,
  rate_max: 0,
  oldest_age_ms: 0,
  latency: { queue_wait: NO_LATENCY, call: NO_LATENCY, end_to_end: NO_LATENCY },
};
