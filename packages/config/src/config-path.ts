import { parseHoconPath } from '@millrace/hocon';

/** Steps of a config path such as `connectors.http.web`; throws for text that is no path. */
export function parseConfigPath(path: string | readonly string[]): readonly string[] {
  if (typeof path !== 'string') return path;
  if (/^\w+(\.\w+)*$/.test(path)) return path.split('.');
  const steps = parseHoconPath(path);
  if (steps === undefined) throw new TypeError(`"${path}" is no config path; write for instance mqtt.max_inflight`);
  return steps;
}

/** The path as text; steps with other than plain characters are quoted. */
export function formatConfigPath(steps: readonly PropertyKey[]): string {
  return steps
    .map((step) => (/^[\w@%|-]+$/.test(String(step)) ? String(step) : JSON.stringify(String(step))))
    .join('.');
}

/** True when `path` is `prefix` or lies below it. */
export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => path[index] === step);
}
