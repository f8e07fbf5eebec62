/** A subscription's filter, taken apart. */
export interface ParsedFilter {
  /** As the client wrote it. */
  readonly full: string;
  /** What topics are compared with. */
  readonly filter: string;
  /** Group of `$share/group/filter`; `$queue` for `$queue/filter`. */
  readonly group: string | undefined;
  /** `$exclusive/topic`: one subscriber at a time. */
  readonly isExclusive: boolean;
  readonly hasWildcard: boolean;
}

const SHARE = '$share/';
const QUEUE = '$queue/';
const EXCLUSIVE = '$exclusive/';

/** Takes a valid filter apart. */
export function parseFilter(full: string): ParsedFilter {
  if (full.startsWith(SHARE)) {
    const groupEnd = full.indexOf('/', SHARE.length);
    return parsed(full, full.slice(groupEnd + 1), full.slice(SHARE.length, groupEnd), false);
  }
  if (full.startsWith(QUEUE) && full.length > QUEUE.length)
    return parsed(full, full.slice(QUEUE.length), '$queue', false);
  if (full.startsWith(EXCLUSIVE) && full.length > EXCLUSIVE.length) {
    return parsed(full, full.slice(EXCLUSIVE.length), undefined, true);
  }
  return parsed(full, full, undefined, false);
}

function parsed(full: string, filter: string, group: string | undefined, isExclusive: boolean): ParsedFilter {
  return { full, filter, group, isExclusive, hasWildcard: filter.includes('+') || filter.includes('#') };
}

/** Whether a topic name matches a filter (without share prefix). */
export function matchesFilter(topic: string, filter: string): boolean {
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const names = topic.split('/');
  const levels = filter.split('/');
  for (const [depth, level] of levels.entries()) {
    if (level === '#') return true;
    if (depth >= names.length || (level !== '+' && level !== names[depth])) return false;
  }
  return names.length === levels.length;
}

/** How many levels a topic name or filter has. */
export function countLevels(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) levels += 1;
  return levels;
}
