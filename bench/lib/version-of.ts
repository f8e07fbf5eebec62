import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The version in a package file, given from the root of the repository. */
export function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(join(ROOT, packageFile), 'utf8')) as { version: string }).version;
}
