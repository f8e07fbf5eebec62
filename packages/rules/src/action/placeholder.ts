import type { RuleOutput } from '@millrace/rule-sql';
import { getPath, type Template, type Value } from '@millrace/values';

/** Reads what a template that is exactly one placeholder stands for; undefined for other templates. */
export function placeholderReader(template: Template): ((output: RuleOutput) => Value) | undefined {
  const [path, ...others] = template.placeholders;
  if (path === undefined || others.length > 0 || !/^\$\{[^}]*\}$/.test(template.source)) return undefined;
  return (output) => getPath(output, path);
}
