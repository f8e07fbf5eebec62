import type { ConfigError } from '../config-error.ts';
import { nearest } from '../near-miss.ts';
import type { Config } from '../schema/root-schema.ts';

type Place = (path: readonly string[]) => Pick<ConfigError, 'origin' | 'path'>;

/** Actions and sources must name a connector of their type. */
export function checkConnectorNames(
  config: Pick<Config, 'actions' | 'sources' | 'connectors'>,
  place: Place,
): ConfigError[] {
  const errors: ConfigError[] = [];
  for (const root of ['actions', 'sources'] as const) {
    for (const [type, objects] of Object.entries(config[root])) {
      const connectors = Object.keys(config.connectors[type] ?? {});
      for (const [name, object] of Object.entries(objects)) {
        const connector = String(object['connector']);
        if (connectors.includes(connector)) continue;
        errors.push({
          ...place([root, type, name, 'connector']),
          reason: missing(type, connector, connectors),
          value: connector,
        });
      }
    }
  }
  return errors;
}

/** Rules may name actions that appear later; this only tells. */
export function missingActions(config: Pick<Config, 'rule_engine' | 'actions'>): string[] {
  return Object.entries(config.rule_engine.rules).flatMap(([id, rule]) =>
    rule.actions
      .filter((action) => typeof action === 'string')
      .filter((action) => {
        const [type = '', name = ''] = action.split(':');
        return !Object.hasOwn(config.actions[type] ?? {}, name);
      })
      .map(
        (action) =>
          `rule_engine.rules.${id}.actions: there is no action ${action} yet; its records are discarded until it appears`,
      ),
  );
}

function missing(type: string, connector: string, known: readonly string[]): string {
  const near = nearest(connector, known) ?? known[0];
  const remedy = near === undefined ? `define connectors.${type}.${connector}` : `define it, or write "${near}"`;
  return `there is no connector connectors.${type}.${connector}; ${remedy}`;
}
