import { HoconError, parseHocon, toValue, withoutNulls } from '@millrace/hocon';
import type { ConfigStore } from './config-store.ts';

export interface ImportOptions {
  /** `merge` (default) lays the text over what is there; `replace` makes each root of the text what the text says. */
  readonly mode?: 'merge' | 'replace';
  /** Pass over roots that only a restart can change, instead of reporting them. */
  readonly ignoreReadOnly?: boolean;
}

export interface ImportFailure {
  /** Empty when the text itself cannot be read. */
  readonly root: string;
  readonly error: Error;
}

/** Roots that a running node cannot change. */
const READ_ONLY: ReadonlySet<string> = new Set(['node', 'cluster', 'rpc']);

/** What others refer to comes first. */
const FIRST: readonly string[] = ['zones', 'authentication', 'connectors', 'actions', 'sources'];

/** Applies a HOCON text, root by root, as changes over the API. A root that fails changes nothing and does not stop the others. */
export async function importConfigText(
  store: Pick<ConfigStore, 'update'>,
  text: string,
  { mode = 'merge', ignoreReadOnly = false }: ImportOptions = {},
): Promise<ImportFailure[]> {
  const failures: ImportFailure[] = [];
  for (const [root, value] of rootsOf(text, failures)) {
    if (!READ_ONLY.has(root)) {
      await store
        .update([root], value, { merge: mode === 'merge' })
        .catch((error: Error) => failures.push({ root, error }));
    } else if (!ignoreReadOnly) {
      failures.push({
        root,
        error: new Error(`${root} can only be changed in the configuration file, with a restart`),
      });
    }
  }
  return failures;
}

function rootsOf(text: string, failures: ImportFailure[]): [root: string, value: unknown][] {
  try {
    const value = toValue(withoutNulls(parseHocon(text, { file: 'text' }))) as Record<string, unknown>;
    return Object.entries(value).sort(([left], [right]) => rank(left) - rank(right));
  } catch (error) {
    if (!(error instanceof HoconError)) throw error;
    failures.push({ root: '', error });
    return [];
  }
}

function rank(root: string): number {
  const index = FIRST.indexOf(root);
  return index < 0 ? FIRST.length : index;
}
