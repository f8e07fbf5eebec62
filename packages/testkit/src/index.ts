export { type EventuallyOptions, eventually } from './eventually.ts';
export {
  type Direction,
  type Fault,
  FaultProxy,
  type FaultProxyCounts,
  type FaultProxyOptions,
} from './fault-proxy.ts';
export { accepts, freePort } from './free-port.ts';
export { type KafkaOptions, type KafkaService, startKafka } from './services/kafka.ts';
export type { TopicOptions } from './services/kafka-admin.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
