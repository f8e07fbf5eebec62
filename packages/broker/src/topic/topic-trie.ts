/** A level of the tree. Maps exist only where there is something to find. */
class Node<V> {
  children: Map<string, Node<V>> | undefined;
  value: V | undefined;

  get isEmpty(): boolean {
    return this.value === undefined && this.children === undefined;
  }
}

/**
 * Values by topic or topic filter, one tree node a level. It can be asked both ways: which filters match a topic
 * (`match`, for subscriptions) and which topics match a filter (`search`, for retained messages).
 */
export class TopicTrie<V> {
  #root = new Node<V>();
  #size = 0;

  /** How many topics or filters have a value. */
  get size(): number {
    return this.#size;
  }

  get(topic: string): V | undefined {
    let node: Node<V> | undefined = this.#root;
    for (const level of topic.split('/')) {
      node = node.children?.get(level);
      if (node === undefined) return undefined;
    }
    return node.value;
  }

  set(topic: string, value: V): void {
    let node = this.#root;
    for (const level of topic.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (child === undefined) {
        child = new Node();
        node.children.set(level, child);
      }
      node = child;
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  /** Removes the value and every level that has become useless. */
  delete(topic: string): boolean {
    const levels = topic.split('/');
    const path: Node<V>[] = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)?.children?.get(level);
      if (next === undefined) return false;
      path.push(next);
    }
    const leaf = path.at(-1);
    if (leaf?.value === undefined) return false;
    leaf.value = undefined;
    this.#size -= 1;
    prune(path, levels);
    return true;
  }

  clear(): void {
    this.#root = new Node();
    this.#size = 0;
  }

  /** Visits the value of each filter that matches the topic name. */
  match(topic: string, visit: (value: V) => void): void {
    const levels = topic.split('/');
    // A leading wildcard does not match a topic that begins with $ [MQTT-4.7.2-1].
    if (topic.startsWith('$')) {
      const child = this.#root.children?.get(levels[0] ?? '');
      if (child !== undefined) matchFrom(child, levels, 1, visit);
    } else matchFrom(this.#root, levels, 0, visit);
  }

  /** Visits the value of each topic name that the filter matches. */
  search(filter: string, visit: (value: V) => void): void {
    searchFrom(this.#root, filter.split('/'), 0, visit);
  }

  /** Every value, depth first. */
  *values(): Generator<V> {
    yield* valuesBelow(this.#root);
  }
}

function prune<V>(path: readonly Node<V>[], levels: readonly string[]): void {
  for (let depth = levels.length; depth > 0 && path[depth]?.isEmpty; depth--) {
    const parent = path[depth - 1];
    parent?.children?.delete(levels[depth - 1] ?? '');
    if (parent?.children?.size === 0) parent.children = undefined;
  }
}

function matchFrom<V>(node: Node<V>, levels: readonly string[], depth: number, visit: (value: V) => void): void {
  const { children } = node;
  const level = levels[depth];
  if (level === undefined) {
    if (node.value !== undefined) visit(node.value);
    // `a/#` matches `a` as well [MQTT-4.7.1-2].
    visitNode(children?.get('#'), visit);
    return;
  }
  if (children === undefined) return;
  visitNode(children.get('#'), visit);
  const exact = children.get(level);
  if (exact !== undefined) matchFrom(exact, levels, depth + 1, visit);
  const plus = children.get('+');
  if (plus !== undefined) matchFrom(plus, levels, depth + 1, visit);
}

function visitNode<V>(node: Node<V> | undefined, visit: (value: V) => void): void {
  if (node?.value !== undefined) visit(node.value);
}

function searchFrom<V>(node: Node<V>, levels: readonly string[], depth: number, visit: (value: V) => void): void {
  const level = levels[depth];
  if (level === undefined) {
    visitNode(node, visit);
    return;
  }
  if (level === '#') {
    visitNode(depth === 0 ? undefined : node, visit);
    for (const child of matchableChildren(node, depth)) for (const value of valuesBelow(child)) visit(value);
    return;
  }
  if (level === '+') {
    for (const child of matchableChildren(node, depth)) searchFrom(child, levels, depth + 1, visit);
    return;
  }
  const child = node.children?.get(level);
  if (child !== undefined) searchFrom(child, levels, depth + 1, visit);
}

/** The children a wildcard may step into: not those with $ at the root [MQTT-4.7.2-1]. */
function* matchableChildren<V>(node: Node<V>, depth: number): Generator<Node<V>> {
  for (const [level, child] of node.children ?? []) {
    if (depth > 0 || !level.startsWith('$')) yield child;
  }
}

function* valuesBelow<V>(node: Node<V>): Generator<V> {
  if (node.value !== undefined) yield node.value;
  for (const child of node.children?.values() ?? []) yield* valuesBelow(child);
}
