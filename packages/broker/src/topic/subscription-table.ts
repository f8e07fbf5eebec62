import type { Receiver, Subscriber } from './receiver.ts';
import { joinReceivers } from './receiver.ts';
import { SharedGroup, type SharedStrategy } from './shared-group.ts';
import { parseFilter } from './topic-filter.ts';
import { TopicTrie } from './topic-trie.ts';

/** Everyone who subscribed to one filter. */
interface FilterSubscribers {
  readonly filter: string;
  readonly direct: Map<Subscriber, Receiver>;
  readonly groups: Map<string, SharedGroup>;
}

/** Who gets the messages of one topic. */
export interface Audience {
  readonly receivers: readonly Receiver[];
  readonly groups: readonly SharedGroup[];
}

const NOBODY: Audience = { receivers: [], groups: [] };

/** All subscriptions of the node, for changes; reading goes through the topic cache. */
export class SubscriptionTable {
  readonly #trie = new TopicTrie<FilterSubscribers>();
  readonly #strategy: SharedStrategy;
  readonly #exclusive = new Set<string>();
  #size = 0;
  #sharedSize = 0;

  constructor(strategy: SharedStrategy) {
    this.#strategy = strategy;
  }

  /** Subscriptions, shared ones included. */
  get size(): number {
    return this.#size;
  }

  get sharedSize(): number {
    return this.#sharedSize;
  }

  /** Filters that somebody subscribed to. */
  get routeCount(): number {
    return this.#trie.size;
  }

  *routes(): Generator<string> {
    for (const entry of this.#trie.values()) yield entry.filter;
  }

  /** Adds a subscription; `createReceiver` is told the shared group it belongs to. */
  add(full: string, createReceiver: (group: SharedGroup | undefined) => Receiver): Receiver {
    const { filter, group, isExclusive } = parseFilter(full);
    const entry = this.#entry(filter);
    if (isExclusive) this.#exclusive.add(filter);
    this.#size += 1;
    if (group !== undefined) return this.#addToGroup(entry, group, createReceiver);
    const receiver = createReceiver(undefined);
    entry.direct.set(receiver.subscriber, receiver);
    return receiver;
  }

  remove(full: string, receiver: Receiver): void {
    const { filter, group, isExclusive } = parseFilter(full);
    const entry = this.#trie.get(filter);
    if (isExclusive) this.#exclusive.delete(filter);
    if (entry === undefined) return;
    this.#size -= 1;
    if (group === undefined) entry.direct.delete(receiver.subscriber);
    else this.#removeFromGroup(entry, group, receiver);
    if (entry.direct.size === 0 && entry.groups.size === 0) this.#trie.delete(filter);
  }

  /** Whether somebody holds `$exclusive/…` of this topic. */
  hasExclusive(topic: string): boolean {
    return this.#exclusive.has(topic);
  }

  /** The deliveries of a topic: one for each session, and the groups that choose a member for each message. */
  audience(topic: string): Audience {
    const matches: FilterSubscribers[] = [];
    this.#trie.match(topic, (entry) => matches.push(entry));
    const [only] = matches;
    if (only === undefined) return NOBODY;
    if (matches.length === 1) return { receivers: [...only.direct.values()], groups: [...only.groups.values()] };
    const bySubscriber = new Map<Subscriber, Receiver>();
    for (const { direct } of matches) {
      for (const [subscriber, receiver] of direct) {
        const other = bySubscriber.get(subscriber);
        bySubscriber.set(subscriber, other === undefined ? receiver : joinReceivers(other, receiver));
      }
    }
    return { receivers: [...bySubscriber.values()], groups: matches.flatMap(({ groups }) => [...groups.values()]) };
  }

  #entry(filter: string): FilterSubscribers {
    let entry = this.#trie.get(filter);
    if (entry === undefined) {
      entry = { filter, direct: new Map(), groups: new Map() };
      this.#trie.set(filter, entry);
    }
    return entry;
  }

  #addToGroup(
    entry: FilterSubscribers,
    name: string,
    createReceiver: (group: SharedGroup | undefined) => Receiver,
  ): Receiver {
    let group = entry.groups.get(name);
    if (group === undefined) {
      group = new SharedGroup(name, entry.filter, this.#strategy);
      entry.groups.set(name, group);
    }
    const receiver = createReceiver(group);
    group.add(receiver);
    this.#sharedSize += 1;
    return receiver;
  }

  #removeFromGroup(entry: FilterSubscribers, name: string, receiver: Receiver): void {
    const group = entry.groups.get(name);
    if (group === undefined) return;
    group.remove(receiver);
    this.#sharedSize -= 1;
    if (group.size === 0) entry.groups.delete(name);
  }
}
