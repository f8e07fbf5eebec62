import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HoconObject, type HoconValue, printHocon, toValue } from '@millrace/hocon';

const KEPT_COPIES = 10;

const HEADER =
  '# Written by Millrace: changes made over the API and the dashboard. Do not edit while the node runs.\n\n';

/** Where changes made over the API are kept. */
export function storedFilePath(dataDir: string): string {
  return join(dataDir, 'configs', 'cluster.hocon');
}

/**
 * Replaces the file in one step: a crash leaves the old or the new one. The old one is kept as
 * `cluster.hocon.2026.01.31.23.59.59.123.bak`, the last ten of them.
 */
export async function writeStoredFile(path: string, tree: HoconObject, now: Date): Promise<void> {
  const text = HEADER + printHocon(toValue(tree) as Readonly<Record<string, HoconValue>>);
  await mkdir(dirname(path), { recursive: true });
  await keepCopy(path, now);
  const temporary = `${path}.tmp`;
  await writeDurably(temporary, text);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Secrets are in it, so only the owner may read it. */
async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function keepCopy(path: string, now: Date): Promise<void> {
  const stamp = now.toISOString().replace(/[-T:]/g, '.').replace('Z', '');
  try {
    await copyFile(path, `${path}.${stamp}.bak`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeOldCopies(path);
}

async function removeOldCopies(path: string): Promise<void> {
  const folder = dirname(path);
  const copies = (await readdir(folder)).filter((name) => /^cluster\.hocon\..+\.bak$/.test(name)).sort();
  await Promise.all(copies.slice(0, -KEPT_COPIES).map((name) => rm(join(folder, name), { force: true })));
}
