import { isDeepStrictEqual } from 'node:util';
import { formatOrigin, type HoconObject, toValue } from '@millrace/hocon';
import { formatConfigPath } from '../config-path.ts';

/** Reports every value of a file that a change made over the API hides, with both places. */
export function shadowReports(files: HoconObject, stored: HoconObject): string[] {
  return compare(files, stored, []);
}

function compare(files: HoconObject, stored: HoconObject, path: readonly string[]): string[] {
  const reports: string[] = [];
  for (const [key, { origin, value }] of files.fields) {
    const above = stored.fields.get(key);
    if (above === undefined) continue;
    const here = [...path, key];
    if (value.kind === 'object' && above.value.kind === 'object') reports.push(...compare(value, above.value, here));
    else if (!isDeepStrictEqual(toValue(value), toValue(above.value))) {
      reports.push(
        `${formatOrigin(origin)} ${formatConfigPath(here)}: hidden by a change made over the API (${formatOrigin(above.origin)}); ` +
          'change it over the API, or remove it there to let the file decide',
      );
    }
  }
  return reports;
}
