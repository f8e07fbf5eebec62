import type { HoconObject } from '@millrace/hocon';
import type { ConfigError } from '../config-error.ts';
import { formatConfigPath } from '../config-path.ts';
import type { Config } from '../schema/root-schema.ts';
import { originOf } from './evaluate.ts';
import { checkListeners, hasAuthentication } from './listeners.ts';
import { checkConnectorNames } from './references.ts';

/** Mistakes between parts of a configuration whose parts are each correct. */
export function checkWhole(config: Config, tree: HoconObject): ConfigError[] {
  const place = (path: readonly string[]) => ({ origin: originOf(tree, path), path: formatConfigPath(path) });
  return [
    ...checkConnectorNames(config, place),
    ...checkListeners(config.listeners, config.zones, hasAuthentication(config.authentication), place),
  ];
}
