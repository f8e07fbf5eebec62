import type { Receiver } from './receiver.ts';

export const SHARED_STRATEGIES = [
  'round_robin',
  'round_robin_per_group',
  'random',
  'sticky',
  'local',
  'hash_clientid',
  'hash_topic',
] as const;

/** How a shared subscription chooses the member that gets a message. */
export type SharedStrategy = (typeof SHARED_STRATEGIES)[number];

/** The members of one shared subscription. Each message goes to one of them [MQTT-4.8.2-4]. */
export class SharedGroup {
  readonly name: string;
  readonly filter: string;
  readonly #strategy: SharedStrategy;
  readonly #random: () => number;
  readonly #members: Receiver[] = [];
  #next = 0;
  #sticky: Receiver | undefined;

  constructor(name: string, filter: string, strategy: SharedStrategy, random: () => number = Math.random) {
    this.name = name;
    this.filter = filter;
    this.#strategy = strategy;
    this.#random = random;
  }

  get size(): number {
    return this.#members.length;
  }

  add(member: Receiver): void {
    this.#members.push(member);
  }

  remove(member: Receiver): void {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    if (this.#sticky === member) this.#sticky = undefined;
  }

  /**
   * Chooses a member. Connected ones come first; when there is none, a member whose session waits for its client queues
   * the message [MQTT-4.8.2-5].
   */
  pick(topic: string, publisherId: string): Receiver | undefined {
    const members = this.#members;
    if (members.length === 0) return undefined;
    if (this.#strategy === 'sticky') return this.#pickSticky(topic);
    const start = this.#startIndex(topic, publisherId);
    return this.#firstConnected(start) ?? members[start % members.length];
  }

  #startIndex(topic: string, publisherId: string): number {
    switch (this.#strategy) {
      case 'random':
      case 'sticky':
        return Math.floor(this.#random() * this.#members.length);
      case 'hash_clientid':
        return hashText(publisherId) % this.#members.length;
      case 'hash_topic':
        return hashText(topic) % this.#members.length;
      case 'round_robin':
      case 'round_robin_per_group':
      case 'local':
        return this.#advance();
    }
  }

  #advance(): number {
    const index = this.#next < this.#members.length ? this.#next : 0;
    this.#next = index + 1;
    return index;
  }

  #firstConnected(start: number): Receiver | undefined {
    const members = this.#members;
    for (let step = 0; step < members.length; step++) {
      const member = members[(start + step) % members.length];
      if (member?.subscriber.isConnected) return member;
    }
    return undefined;
  }

  #pickSticky(topic: string): Receiver | undefined {
    if (this.#sticky?.subscriber.isConnected) return this.#sticky;
    const start = this.#startIndex(topic, '');
    this.#sticky = this.#firstConnected(start) ?? this.#members[start];
    return this.#sticky;
  }
}

/** FNV-1a: spreads short texts well enough for choosing a member. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
