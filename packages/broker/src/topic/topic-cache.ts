import { isValidUtf8 } from '@millrace/mqtt-codec';
import type { MessageHandler } from '../hook/hooks.ts';
import type { Receiver } from './receiver.ts';
import type { SharedGroup } from './shared-group.ts';
import { countLevels, parseFilter } from './topic-filter.ts';

/** What is known of one topic name. Fresh while `version` is that of the cache. */
export class TopicEntry {
  readonly topic: string;
  /** The topic name as it is on the wire. */
  readonly bytes: Buffer;
  readonly hash: number;
  /** The broker's own topics: clients may listen there but not publish. */
  readonly isSystem: boolean;
  version = -1;
  receivers: readonly Receiver[] = [];
  groups: readonly SharedGroup[] = [];
  /** What hooks do with messages on this topic; undefined: nothing. */
  handler: MessageHandler | undefined;

  constructor(topic: string, bytes: Buffer, hash: number) {
    this.topic = topic;
    this.bytes = bytes;
    this.hash = hash;
    this.isSystem = topic.startsWith('$SYS/');
  }

  /** Whether the bytes are this topic. A loop: topics are short, and a native call costs more than it saves. */
  hasBytes(source: Buffer, start: number, end: number): boolean {
    const own = this.bytes;
    const length = end - start;
    if (own.length !== length) return false;
    // Topics of a device family differ near their end.
    for (let at = length - 1; at >= 0; at--) if (own[at] !== source[start + at]) return false;
    return true;
  }
}

/** Fills in who receives a topic. */
export type TopicResolver = (entry: TopicEntry) => void;

const INITIAL_SLOTS = 1_024;
const MAXIMUM_SLOTS = 262_144;

/**
 * From topic bytes to everything a publish needs, without making a string: an open-addressed table over the bytes.
 * It is bounded: at its largest size it is emptied and fills again with the topics in use.
 *
 * A change of subscriptions or hooks makes entries stale: one entry (a filter without wildcards) or all of them
 * (`version`). A stale entry is resolved again when its topic is next published to.
 */
export class TopicCache {
  readonly #resolve: TopicResolver;
  readonly #maxLevels: number;
  #slots: (TopicEntry | undefined)[] = emptySlots(INITIAL_SLOTS);
  #used = 0;
  /** Compared by those who keep an entry over several messages. */
  version = 0;

  constructor(resolve: TopicResolver, maxLevels: number) {
    this.#resolve = resolve;
    this.#maxLevels = maxLevels;
  }

  get size(): number {
    return this.#used;
  }

  /** The entry of a topic name, resolved; undefined when the bytes are no valid topic name. */
  lookup(source: Buffer, start: number, end: number): TopicEntry | undefined {
    const hash = hashBytes(source, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let index = hash & mask; ; index = (index + 1) & mask) {
      const entry = slots[index];
      if (entry === undefined) return this.#create(source, start, end, hash);
      if (entry.hash === hash && entry.hasBytes(source, start, end)) {
        if (entry.version !== this.version) this.#refresh(entry);
        return entry;
      }
    }
  }

  lookupText(topic: string): TopicEntry | undefined {
    const bytes = Buffer.from(topic);
    return this.lookup(bytes, 0, bytes.length);
  }

  /** Something that may concern any topic has changed. */
  invalidateAll(): void {
    this.version += 1;
  }

  /** A subscription to this filter has changed: all topics are concerned, or one when it has no wildcard. */
  invalidateFilter(full: string): void {
    const { filter, hasWildcard } = parseFilter(full);
    if (hasWildcard) this.invalidateAll();
    else this.#invalidate(filter);
  }

  #invalidate(topic: string): void {
    const bytes = Buffer.from(topic);
    const hash = hashBytes(bytes, 0, bytes.length);
    const mask = this.#slots.length - 1;
    for (let index = hash & mask; ; index = (index + 1) & mask) {
      const entry = this.#slots[index];
      if (entry === undefined) return;
      if (entry.hash === hash && entry.hasBytes(bytes, 0, bytes.length)) {
        entry.version = -1;
        return;
      }
    }
  }

  #refresh(entry: TopicEntry): void {
    entry.version = this.version;
    this.#resolve(entry);
  }

  #create(source: Buffer, start: number, end: number, hash: number): TopicEntry | undefined {
    // [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-4.7.3-1]
    if (end <= start || !isValidUtf8(source, start, end)) return undefined;
    const topic = source.toString('utf8', start, end);
    // [MQTT-3.3.2-2]
    if (topic.includes('+') || topic.includes('#') || countLevels(topic) > this.#maxLevels) return undefined;
    const entry = new TopicEntry(topic, Buffer.from(source.subarray(start, end)), hash);
    this.#insert(entry);
    this.#refresh(entry);
    return entry;
  }

  #insert(entry: TopicEntry): void {
    if (this.#used >= this.#slots.length >> 1) this.#makeRoom();
    place(this.#slots, entry);
    this.#used += 1;
  }

  #makeRoom(): void {
    const old = this.#slots;
    if (old.length >= MAXIMUM_SLOTS) {
      // Entries that connections still remember become stale and are looked up anew.
      for (const entry of old) if (entry !== undefined) entry.version = -1;
      this.#slots = emptySlots(INITIAL_SLOTS);
      this.#used = 0;
      return;
    }
    this.#slots = emptySlots(old.length * 2);
    for (const entry of old) if (entry !== undefined) place(this.#slots, entry);
  }
}

function emptySlots(length: number): (TopicEntry | undefined)[] {
  return Array.from({ length }, () => undefined);
}

function place(slots: (TopicEntry | undefined)[], entry: TopicEntry): void {
  const mask = slots.length - 1;
  let index = entry.hash & mask;
  while (slots[index] !== undefined) index = (index + 1) & mask;
  slots[index] = entry;
}

/** FNV-1a, with its high bits folded in for the table's mask. */
function hashBytes(source: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (source[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}
