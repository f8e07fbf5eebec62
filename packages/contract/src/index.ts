export {
  type ConnectorDefinition,
  defineConnector,
  type Link,
  type LinkContext,
  type Log,
  type SinkDefinition,
  type SourceDefinition,
} from './connector.ts';
export { erlangHash } from './erlang-hash.ts';
export {
  DeliveryError,
  NotConnectedError,
  RecoverableError,
  UnhealthyTargetError,
  UnrecoverableError,
} from './errors.ts';
export {
  type Authority,
  authority,
  byteSize,
  duration,
  type FieldMeta,
  filePath,
  flag,
  formatByteSize,
  formatDuration,
  numberField,
  parseAuthority,
  parseByteSize,
  parseDuration,
  readSecret,
  secret,
  type TlsOptions,
  template,
  textField,
  tlsOptions,
} from './fields.ts';
export { RecordWriter } from './record-writer.ts';
export { type ResourceOptions, resourceOptions } from './resource-options.ts';
export {
  type Batch,
  type BufferMode,
  type EncodedRecord,
  type Rejection,
  type RuleOutput,
  recordBytes,
  recordText,
  type Sink,
  type SinkContext,
  type SinkDelivery,
} from './sink.ts';
export type { Source, SourceContext } from './source.ts';
