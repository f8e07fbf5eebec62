import { findField, type HoconNode, type HoconObject, type Origin, toValue } from '@millrace/hocon';
import { z } from 'zod';
import type { ConfigError } from '../config-error.ts';
import { formatConfigPath } from '../config-path.ts';
import { type Directories, expandDirectories } from '../walk/directories.ts';
import { describeIssues, type Finding } from '../walk/issues.ts';
import type { Schema } from '../walk/schema-walk.ts';
import { maskSecrets } from '../walk/secrets.ts';

export interface Evaluation {
  readonly parsed: unknown;
  readonly errors: readonly ConfigError[];
}

/** Parses what stands at `path` of the tree; mistakes come with the place where they were written. */
export function evaluate(
  schema: Schema,
  tree: HoconObject,
  path: readonly string[],
  directories: Directories,
): Evaluation {
  const node = path.length === 0 ? tree : findField(tree, path)?.value;
  const value = node === undefined ? undefined : toValue(node);
  const result = z.safeParse(schema, expandDirectories(schema, value, directories));
  if (result.success) return { parsed: result.data, errors: [] };
  const findings = describeIssues(result.error.issues, schema, maskSecrets(schema, value));
  return { parsed: undefined, errors: findings.map((finding) => located(finding, tree, path)) };
}

function located(finding: Finding, tree: HoconObject, base: readonly string[]): ConfigError {
  const path = [...base, ...finding.path];
  return {
    origin: finding.isUnknown ? findField(tree, path)?.origin : originOf(tree, path),
    path: formatConfigPath(path),
    reason: finding.reason,
    ...(isPlain(finding.value) && { value: finding.value }),
  };
}

/** Where the value at a path was written, or the nearest object around it that was. */
export function originOf(tree: HoconNode, path: readonly string[]): Origin | undefined {
  for (let length = path.length; length > 0; length--) {
    const field = findField(tree, path.slice(0, length));
    if (field !== undefined)
      return field.value.kind === 'scalar' && length === path.length ? field.value.origin : field.origin;
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null);
}
