export { systemClock } from './clock.ts';
export type { ResourceEvent } from './events.ts';
export { ResourceError } from './lifecycle/errors.ts';
export { ResourceManager, type ResourceManagerOptions } from './lifecycle/manager.ts';
export type {
  ActionMetrics,
  ActionPort,
  ChannelConfig,
  Clock,
  ConnectorConfig,
  Gate,
  LatencySummary,
  Outcome,
  OutcomeListener,
  ResourceStatus,
  ResourceView,
  SubmitOrigin,
} from './ports.ts';
