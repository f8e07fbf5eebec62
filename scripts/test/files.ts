import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Test files of the repository, as paths from its root. */
export const root = join(import.meta.dirname, '../..');

const TESTS = [
  '{packages,connectors,apps}/*/{src,test}/**/*.test.ts',
  'test/**/*.test.ts',
  'bench/**/*.test.ts',
  'scripts/**/*.test.ts',
];
const INTEGRATION = '.integration.test.ts';

/** Tests that need nothing but this process. */
export function unitTests(): readonly string[] {
  return allTests().filter((file) => !file.endsWith(INTEGRATION));
}

/** Tests against real servers; those of one room before those that cross rooms. */
export function integrationTests(): readonly string[] {
  return allTests().filter((file) => file.endsWith(INTEGRATION));
}

/** The services that a test file needs: those of the nearest `services.json` above it. */
export function servicesOf(file: string): readonly string[] {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    const list = join(root, folder, 'services.json');
    if (existsSync(list)) return JSON.parse(readFileSync(list, 'utf8')) as readonly string[];
  }
  return [];
}

function allTests(): readonly string[] {
  const files = TESTS.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') }).sort(),
  );
  return [...new Set(files)];
}
