import { find, type HoconObject } from '@millrace/hocon';
import type { ConfigError } from '../config-error.ts';
import { nearest } from '../near-miss.ts';
import type { Config } from '../schema/root-schema.ts';

type Place = (path: readonly string[]) => Pick<ConfigError, 'origin' | 'path'>;

/** Actions and sources must name a connector of their type. Works on text values, so that other mistakes do not hide these. */
export function checkConnectorNames(tree: HoconObject, types: ReadonlySet<string>, place: Place): ConfigError[] {
  return (['actions', 'sources'] as const).flatMap((root) =>
    keysAt(tree, [root])
      .filter((type) => types.has(type))
      .flatMap((type) => checkType(tree, root, type, place)),
  );
}

function checkType(tree: HoconObject, root: string, type: string, place: Place): ConfigError[] {
  const known = keysAt(tree, ['connectors', type]);
  return keysAt(tree, [root, type]).flatMap((name) => {
    const path = [root, type, name, 'connector'];
    const node = find(tree, path);
    if (node?.kind !== 'scalar' || typeof node.value !== 'string' || known.includes(node.value)) return [];
    return [{ ...place(path), reason: missing(type, node.value, known), value: node.value }];
  });
}

function keysAt(tree: HoconObject, path: readonly string[]): string[] {
  const node = find(tree, path);
  return node?.kind === 'object' ? Array.from(node.fields.keys()) : [];
}

/** Rules may name actions that appear later, also by the older names of types; this only tells. */
export function missingActions(config: Pick<Config, 'rule_engine' | 'actions'>, types: ReadonlySet<string>): string[] {
  return Object.entries(config.rule_engine.rules).flatMap(([id, rule]) =>
    rule.actions
      .filter((action) => typeof action === 'string')
      .filter((action) => isMissing(config.actions, types, action))
      .map(
        (action) =>
          `rule_engine.rules.${id}.actions: there is no action ${action} yet; its records are discarded until it appears`,
      ),
  );
}

function isMissing(actions: Config['actions'], types: ReadonlySet<string>, action: string): boolean {
  const [type = '', name = ''] = action.split(':');
  return types.has(type) && !Object.hasOwn(actions[type] ?? {}, name);
}

function missing(type: string, connector: string, known: readonly string[]): string {
  const near = nearest(connector, known) ?? known[0];
  const remedy = near === undefined ? `define connectors.${type}.${connector}` : `define it, or write "${near}"`;
  return `there is no connector connectors.${type}.${connector}; ${remedy}`;
}
