export {
  type ConfigError,
  ConfigErrors,
  ConfigNotFoundError,
  ConfigOverriddenError,
  ConfigValidationError,
  formatConfigError,
} from './config-error.ts';
export { formatConfigPath, parseConfigPath } from './config-path.ts';
export { referenceMarkdown } from './reference.ts';
export { type Bind, formatBind, parseBind } from './schema/fields.ts';
export type { ListenerType } from './schema/listeners.ts';
export { type Config, type ConfiguredObject, rootSchema } from './schema/root-schema.ts';
export type { ChangeHandler, ConfigChange } from './store/change-handlers.ts';
export { ConfigStore, type UpdateOptions } from './store/config-store.ts';
export { type ImportFailure, type ImportOptions, importConfigText } from './store/import-text.ts';
export type { ConfigCheck, ConfigSources } from './store/load.ts';
export { MASK } from './walk/secrets.ts';
