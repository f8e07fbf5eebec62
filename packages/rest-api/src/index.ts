export { API_PREFIX, createApi } from './app.ts';
export { Accounts, type AccountsOptions } from './auth/accounts.ts';
export { openApiDocument } from './openapi/document.ts';
export { apiReference } from './openapi/reference.ts';
export type {
  ApiClock,
  ApiLog,
  ApiPorts,
  ConnectorType,
  ListenerInfo,
  ListenersPort,
  NodeInfo,
} from './ports.ts';
