export { type EventuallyOptions, eventually } from './eventually.ts';
export {
  type Direction,
  type Fault,
  FaultProxy,
  type FaultProxyCounts,
  type FaultProxyOptions,
} from './fault-proxy.ts';
export { accepts, freePort } from './free-port.ts';
export { type HttpAnswer, HttpTestServer, type ReceivedRequest } from './services/http-server.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
