import { join } from 'node:path';
import { Counters } from '../metrics/counters.ts';
import type { Files } from './files.ts';

const META_FILE = 'meta.json';
const META_VERSION = 1;

/** What `meta.json` holds: the counters that no ack file accounts for, and where sequence numbers go on. */
export interface Meta {
  /** Base counters. Base plus the tallies of the ack files are the counters of the action. */
  readonly counters: Counters;
  /** Not given to any record when the file was written. */
  readonly nextSequence: number;
  /** Records that were in memory only when the file was written: gone at the next start. */
  readonly unkept: number;
  /** First sequence numbers of segments whose tallies are in the base already; their files may still be there. */
  readonly removed: readonly number[];
}

/** Replaces the file atomically: whoever reads it sees the old or the new one. */
export function writeMeta(files: Files, directory: string, meta: Meta, isSynced: boolean): void {
  const path = join(directory, META_FILE);
  const temporary = `${path}.new`;
  const file = files.openSync(temporary, 'w');
  try {
    const text = Buffer.from(`${JSON.stringify({ version: META_VERSION, ...meta })}\n`);
    let at = 0;
    while (at < text.length) at += files.writeSync(file, text, at, text.length - at, at);
    if (isSynced) files.fsyncSync(file);
  } finally {
    files.closeSync(file);
  }
  files.renameSync(temporary, path);
}

/** Undefined when there is none. Throws when it is there and cannot be understood. */
export function readMeta(files: Files, directory: string): Meta | undefined {
  const path = join(directory, META_FILE);
  if (!files.existsSync(path)) return undefined;
  const stored = parse(files.readFileSync(path, 'utf8'), path);
  if (stored.version !== META_VERSION) {
    throw new Error(`${path} has version ${String(stored.version)}; this release reads version ${META_VERSION}`);
  }
  return {
    counters: Counters.from(stored.counters),
    nextSequence: numberOr(stored.nextSequence, 1),
    unkept: numberOr(stored.unkept, 0),
    removed: Array.isArray(stored.removed) ? stored.removed.filter((item) => typeof item === 'number') : [],
  };
}

function parse(text: string, path: string): { readonly [key: string]: unknown } {
  try {
    const stored: unknown = JSON.parse(text);
    if (typeof stored === 'object' && stored !== null) return stored as { readonly [key: string]: unknown };
  } catch (cause) {
    throw new Error(`${path} is damaged; remove it to start the counters of this action from the log alone`, { cause });
  }
  throw new Error(`${path} holds no object; remove it to start the counters of this action from the log alone`);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
