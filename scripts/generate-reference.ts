import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceMarkdown, rootSchema } from '@millrace/config';
import { connectorDefinitions } from '../apps/server/src/connectors.ts';

/**
 * `npm run generate`: writes the pages of `docs/reference` from the sources that the program itself uses. With `--check`
 * it writes nothing and fails when a page is out of date. A further page is one more line in `pages`.
 */
const pages: Readonly<Record<string, () => string>> = {
  'configuration.md': () => referenceMarkdown(rootSchema(connectorDefinitions)),
};

const folder = join(import.meta.dirname, '..', 'docs', 'reference');
const isCheck = process.argv.includes('--check');
const outdated = Object.entries(pages).filter(([name, make]) => update(join(folder, name), make()));

if (isCheck && outdated.length > 0) {
  const names = outdated.map(([name]) => `docs/reference/${name}`).join(', ');
  process.stderr.write(`out of date: ${names}; run npm run generate and commit the result\n`);
  process.exitCode = 1;
}

/** Answers whether the page was not as it should be. */
function update(file: string, content: string): boolean {
  if (readPage(file) === content) return false;
  if (!isCheck) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, content);
  }
  return true;
}

function readPage(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
