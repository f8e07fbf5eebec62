export { testConnector } from './connector-suite.ts';
export { type EventuallyOptions, eventually } from './eventually.ts';
export {
  type Direction,
  type Fault,
  FaultProxy,
  type FaultProxyCounts,
  type FaultProxyOptions,
} from './fault-proxy.ts';
export { accepts, freePort } from './free-port.ts';
export { type LogLine, MemoryLog } from './memory-log.ts';
export { type MqttClientOptions, MqttTestClient, type PublishOptions } from './mqtt-client.ts';
export { type HttpAnswer, HttpTestServer, type ReceivedRequest } from './services/http-server.ts';
export { type KafkaOptions, type KafkaService, startKafka } from './services/kafka.ts';
export { Mosquitto, type MosquittoOptions } from './services/mosquitto.ts';
export { findCommand, provide } from './services/provide.ts';
export type {
  Capability,
  ConnectorSuiteOptions,
  SuiteManager,
  SuiteManagerOptions,
  SuiteTarget,
} from './suite/options.ts';
export { patience, SinkDriver } from './suite/sink-driver.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
