import { type HoconNode, mergeNodes, nodeAt, parseHoconPath } from '@millrace/hocon';
import type { Report } from './read-files.ts';
import { emptyTree } from './tree.ts';
import { type Override, type OverrideLayer, parseLooseValue } from './variables.ts';

/** Reads `--set key=value` options; later ones win. The value is HOCON, or else the text itself. */
export function readSetOptions(options: readonly string[], report: Report): OverrideLayer {
  const overrides: Override[] = [];
  let tree: HoconNode = emptyTree();
  for (const option of options) {
    const equals = option.indexOf('=');
    const path = equals < 0 ? undefined : parseHoconPath(option.slice(0, equals).trim());
    if (path === undefined) {
      const origin = { file: `--set ${option.slice(0, equals < 0 ? 40 : equals)}`, line: 0, column: 0 };
      report({ origin, path: '', reason: 'not of the form key=value; write for instance --set mqtt.max_inflight=64' });
      continue;
    }
    const name = `--set ${option.slice(0, equals).trim()}`;
    tree = mergeNodes(tree, nodeAt(path, parseLooseValue(option.slice(equals + 1), name)));
    overrides.push({ name, path });
  }
  return { tree: tree.kind === 'object' ? tree : emptyTree(), overrides };
}
