import type { Publication } from '../delivery/publication.ts';
import type { Message } from '../message.ts';
import type { RetainerSettings } from '../settings.ts';
import { TopicTrie } from '../topic/topic-trie.ts';

/** What the rest of the node sees of a retained message. */
export type RetainedMessage = Pick<
  Message,
  'id' | 'topic' | 'payload' | 'qos' | 'timestamp' | 'publisher' | 'properties'
>;

/** The last retained message of each topic, in memory. Expired ones are gone for every reader. */
export class RetainedStore {
  readonly #trie = new TopicTrie<Publication>();
  readonly #now: () => number;
  #settings: RetainerSettings;

  constructor(settings: RetainerSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  get size(): number {
    return this.#trie.size;
  }

  /** New settings hold for messages to come. */
  configure(settings: RetainerSettings): void {
    this.#settings = settings;
  }

  /**
   * Stores a message, or removes the topic's when the payload is empty [MQTT-3.3.1-6]. Answers whether it goes on to subscribers.
   */
  put(publication: Publication): boolean {
    const settings = this.#settings;
    if (!settings.enable) return true;
    if (publication.payloadLength === 0) {
      // A retained message with no payload is not stored [MQTT-3.3.1-7].
      this.#trie.delete(publication.topic);
      return !settings.stopPublishClearMessage;
    }
    if (publication.payloadLength <= settings.maxPayloadSize && this.#hasRoom(publication.topic)) {
      if (settings.messageExpiryMs > 0 && publication.expiresAt === Number.POSITIVE_INFINITY) {
        publication.expiresAt = publication.timestamp + settings.messageExpiryMs;
      }
      this.#trie.set(publication.topic, publication.keep());
    }
    return true;
  }

  /** The messages of all topics that the filter matches, for a new subscription. */
  match(filter: string): Publication[] {
    const found: Publication[] = [];
    this.#trie.search(filter, (publication) => found.push(publication));
    return found.filter((publication) => this.#isAlive(publication));
  }

  /** Messages in the order of the tree, a page of them; `filter` undefined: all. */
  list(options: { filter?: string; offset?: number; limit?: number } = {}): {
    readonly total: number;
    readonly messages: readonly RetainedMessage[];
  } {
    const { filter, offset = 0, limit = Number.POSITIVE_INFINITY } = options;
    const all =
      filter === undefined ? [...this.#trie.values()].filter((one) => this.#isAlive(one)) : this.match(filter);
    return { total: all.length, messages: all.slice(offset, offset + limit) };
  }

  get(topic: string): RetainedMessage | undefined {
    const publication = this.#trie.get(topic);
    return publication !== undefined && this.#isAlive(publication) ? publication : undefined;
  }

  /** Removes the messages of a topic or of all topics a filter matches; answers how many there were. */
  delete(topicOrFilter: string): number {
    const topics: string[] = [];
    this.#trie.search(topicOrFilter, ({ topic }) => topics.push(topic));
    for (const topic of topics) this.#trie.delete(topic);
    return topics.length;
  }

  clear(): void {
    this.#trie.clear();
  }

  /** Removes what has expired; answers how many. */
  sweep(): number {
    const now = this.#now();
    const expired = [...this.#trie.values()].filter((publication) => publication.isExpired(now));
    for (const { topic } of expired) this.#trie.delete(topic);
    return expired.length;
  }

  #hasRoom(topic: string): boolean {
    const most = this.#settings.maxRetainedMessages;
    return most === 0 || this.#trie.size < most || this.#trie.get(topic) !== undefined;
  }

  #isAlive(publication: Publication): boolean {
    if (!publication.isExpired(this.#now())) return true;
    this.#trie.delete(publication.topic);
    return false;
  }
}
