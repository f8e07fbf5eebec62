import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own that disappears with `await using`. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty directory below the system's temporary directory. */
export async function tempDir(label = 'test'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `millrace-${label}-`));
  return {
    path,
    // A server that has just ended may still write a last file, hence the retries.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
