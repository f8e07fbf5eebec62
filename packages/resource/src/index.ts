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
