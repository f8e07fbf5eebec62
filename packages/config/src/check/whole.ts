import type { HoconObject } from '@millrace/hocon';
import type { ConfigError } from '../config-error.ts';
import { formatConfigPath } from '../config-path.ts';
import type { Config } from '../schema/root-schema.ts';
import { originOf } from './evaluate.ts';
import { checkListeners, hasAuthentication } from './listeners.ts';
import { checkConnectorNames } from './references.ts';

/** Mistakes between parts of a configuration. Roots that could not be parsed are missing from `config`. */
export function checkWhole(config: Partial<Config>, tree: HoconObject, types: ReadonlySet<string>): ConfigError[] {
  const place = (path: readonly string[]) => ({ origin: originOf(tree, path), path: formatConfigPath(path) });
  const errors = checkConnectorNames(tree, types, place);
  const { listeners, zones, authentication } = config;
  if (listeners !== undefined && zones !== undefined && authentication !== undefined) {
    errors.push(...checkListeners(listeners, zones, hasAuthentication(authentication), place));
  }
  return errors;
}
