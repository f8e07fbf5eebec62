interface Level<T> {
  readonly children: Map<string, Level<T>>;
  readonly values: Set<T>;
}

/**
 * Finds what was filed under topic filters that match a topic, in time that depends on the topic's depth and not on how
 * many filters there are. Asked once per topic name; the broker caches what comes out of it.
 */
export class TopicIndex<T> {
  readonly #root: Level<T> = emptyLevel();

  add(filter: string, value: T): void {
    let level = this.#root;
    for (const name of filter.split('/')) level = childOf(level, name);
    level.values.add(value);
  }

  remove(filter: string, value: T): void {
    removeFrom(this.#root, filter.split('/'), 0, value);
  }

  /** Each value once, however many of its filters match. */
  match(topic: string): Set<T> {
    const found = new Set<T>();
    collect(this.#root, topic.split('/'), 0, found);
    return found;
  }

  /** What was filed under that very filter. */
  exact(filter: string): ReadonlySet<T> {
    let level: Level<T> | undefined = this.#root;
    for (const name of filter.split('/')) level = level?.children.get(name);
    return level?.values ?? new Set();
  }
}

function emptyLevel<T>(): Level<T> {
  return { children: new Map(), values: new Set() };
}

function childOf<T>(level: Level<T>, name: string): Level<T> {
  let child = level.children.get(name);
  if (child === undefined) {
    child = emptyLevel();
    level.children.set(name, child);
  }
  return child;
}

function removeFrom<T>(level: Level<T>, names: readonly string[], at: number, value: T): void {
  const name = names[at];
  if (name === undefined) {
    level.values.delete(value);
    return;
  }
  const child = level.children.get(name);
  if (child === undefined) return;
  removeFrom(child, names, at + 1, value);
  if (child.values.size === 0 && child.children.size === 0) level.children.delete(name);
}

function collect<T>(level: Level<T>, names: readonly string[], at: number, found: Set<T>): void {
  // [MQTT-4.7.2-1] a filter that begins with a wildcard does not match a topic that begins with $
  const wildcards = at > 0 || !(names[0] ?? '').startsWith('$');
  if (wildcards) addAll(level.children.get('#'), found);
  const name = names[at];
  if (name === undefined) {
    addAll(level, found);
    return;
  }
  const anyName = wildcards ? level.children.get('+') : undefined;
  if (anyName !== undefined) collect(anyName, names, at + 1, found);
  const exact = level.children.get(name);
  if (exact !== undefined) collect(exact, names, at + 1, found);
}

function addAll<T>(level: Level<T> | undefined, found: Set<T>): void {
  if (level === undefined) return;
  for (const value of level.values) found.add(value);
}
