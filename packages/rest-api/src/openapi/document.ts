import { createApi } from '../app.ts';
import type { ApiPorts } from '../ports.ts';

/** The OpenAPI document without a node: the routes are there, with nothing behind them. For reference pages. */
export async function openApiDocument(version: string): Promise<object> {
  const nothing = {};
  const ports = {
    node: { version },
    accounts: nothing,
    config: nothing,
    broker: { metrics: () => nothing, stats: () => nothing },
    rules: nothing,
    resources: nothing,
    listeners: nothing,
    connectorTypes: [],
    log: nothing,
  } as unknown as ApiPorts;
  const app = await createApi(ports);
  const document = app.swagger();
  await app.close();
  return document;
}
