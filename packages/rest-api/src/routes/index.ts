import type { Api } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { actionKind, sourceKind } from './channel-kind.ts';
import { channelOperationRoutes } from './channel-operations.ts';
import { channelRoutes } from './channels.ts';
import { clientRoutes } from './clients.ts';
import { clusterRoutes } from './cluster.ts';
import { configRoutes } from './configs.ts';
import { connectorRoutes } from './connectors.ts';
import { errorCodeRoutes } from './error-codes.ts';
import { listenerRoutes } from './listeners.ts';
import { loginRoutes } from './login.ts';
import { metricsRoutes } from './metrics.ts';
import { monitorRoutes } from './monitor.ts';
import { nodeRoutes } from './nodes.ts';
import { prometheusRoutes } from './prometheus.ts';
import { publishRoutes } from './publish.ts';
import { retainerRoutes } from './retainer.ts';
import { ruleEngineRoutes } from './rule-engine.ts';
import { ruleTestRoutes } from './rule-test.ts';
import { ruleRoutes } from './rules.ts';
import { schemaRoutes } from './schemas.ts';
import { statusRoutes } from './status.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { userRoutes } from './users.ts';

/** Everything below `/api/v5`, in the order of the API pages. */
export async function registerRoutes(api: Api, ports: ApiPorts): Promise<void> {
  statusRoutes(api, ports.node);
  loginRoutes(api, ports);
  userRoutes(api, ports);
  apiKeyRoutes(api, ports);
  ruleRoutes(api, ports);
  ruleTestRoutes(api, ports);
  ruleEngineRoutes(api, ports);
  connectorRoutes(api, ports);
  for (const kind of [actionKind, sourceKind]) {
    channelRoutes(api, ports, kind);
    channelOperationRoutes(api, ports, kind);
  }
  schemaRoutes(api, ports);
  publishRoutes(api, ports);
  clientRoutes(api, ports);
  subscriptionRoutes(api, ports);
  retainerRoutes(api, ports);
  nodeRoutes(api, ports);
  clusterRoutes(api, ports);
  metricsRoutes(api, ports);
  monitorRoutes(api, ports);
  prometheusRoutes(api, ports);
  listenerRoutes(api, ports);
  configRoutes(api, ports);
  errorCodeRoutes(api);
}
