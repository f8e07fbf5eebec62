import { mapScalars } from './map-texts.ts';
import { metaOf, type Schema } from './schema-walk.ts';

/** What `${EMQX_ETC_DIR}`, `${EMQX_LOG_DIR}` and `${EMQX_DATA_DIR}` (or `${MILLRACE_…}`) stand for. */
export interface Directories {
  readonly ETC: string;
  readonly LOG: string;
  readonly DATA: string;
}

const VARIABLE = /\$\{(?:EMQX|MILLRACE)_(ETC|LOG|DATA)_DIR\}/g;

/** Replaces the directories in fields that hold the path of a file, and in secrets that are kept in a file. */
export function expandDirectories(schema: Schema, value: unknown, directories: Directories): unknown {
  return mapScalars(schema, value, (scalar, place) => {
    if (typeof scalar !== 'string' || !scalar.includes('${')) return scalar;
    if (metaOf(place.schema).format !== 'path' && !scalar.startsWith('file://')) return scalar;
    return scalar.replace(VARIABLE, (_, name: keyof Directories) => directories[name]);
  });
}
