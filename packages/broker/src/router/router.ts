import type { Publication } from '../delivery/publication.ts';
import type { HookRegistry } from '../hook/hook-registry.ts';
import type { AckGate } from '../message.ts';
import type { Counters } from '../metrics/counters.ts';
import type { RetainedStore } from '../retain/retained-store.ts';
import type { SubscriptionTable } from '../topic/subscription-table.ts';
import type { TopicEntry } from '../topic/topic-cache.ts';
import type { BackPressure } from './back-pressure.ts';

export interface RouterParts {
  readonly hooks: HookRegistry;
  readonly counters: Counters;
  readonly retained: RetainedStore;
  readonly table: SubscriptionTable;
  readonly requestFlush: () => void;
  /** Most a message lives, ms; Infinity: as long as it says itself. */
  readonly messageExpiryMs: number;
}

/** Brings a message to everyone who shall have it. */
export class Router {
  readonly #hooks: HookRegistry;
  readonly #counters: Counters;
  readonly #retained: RetainedStore;
  readonly #table: SubscriptionTable;
  readonly #requestFlush: () => void;
  readonly #messageExpiryMs: number;
  /** Receivers of the last message that was routed. */
  receivers = 0;
  /**
   * Set by a receiver that cannot keep up with the message being routed; taken by the connection that published it, or
   * that published what a hook made it from.
   */
  congested: BackPressure | undefined;
  #handling = 0;

  constructor(parts: RouterParts) {
    this.#hooks = parts.hooks;
    this.#counters = parts.counters;
    this.#retained = parts.retained;
    this.#table = parts.table;
    this.#requestFlush = parts.requestFlush;
    this.#messageExpiryMs = parts.messageExpiryMs;
  }

  /** Fills in what publishing to a topic needs; called by the topic cache. */
  resolve(entry: TopicEntry): void {
    const { receivers, groups } = this.#table.audience(entry.topic);
    entry.receivers = receivers;
    entry.groups = groups;
    entry.handler = this.#hooks.resolveTopic(entry.topic);
  }

  /** Hooks, retained message, receivers. Answers the gate that the publisher's acknowledgement waits for. */
  publish(publication: Publication): AckGate | undefined {
    this.#counters.messagesPublish += 1;
    if (this.#messageExpiryMs !== Number.POSITIVE_INFINITY) publication.limitLife(this.#messageExpiryMs);
    const { handler } = publication.entry;
    let gate: AckGate | undefined;
    if (handler !== undefined) {
      this.#handling += 1;
      gate = handler(publication); // does not throw
      this.#handling -= 1;
      this.#requestFlush();
    }
    if (publication.retain && !this.#retained.put(publication)) {
      this.receivers = 0;
      return gate;
    }
    this.deliver(publication);
    return gate;
  }

  /** Hooks are running for a message: what is published now is published because of it. */
  get isHandling(): boolean {
    return this.#handling > 0;
  }

  /** Receivers only. The number of them is in `receivers`. */
  deliver(publication: Publication): void {
    const { receivers, groups } = publication.entry;
    let count = receivers.length;
    for (let index = 0; index < receivers.length; index++) {
      const receiver = receivers[index]!; // in range
      receiver.subscriber.deliver(publication, receiver);
    }
    for (let index = 0; index < groups.length; index++) {
      const chosen = groups[index]?.pick(publication.topic, publication.publisher.clientId);
      if (chosen === undefined) continue;
      chosen.subscriber.deliver(publication, chosen);
      count += 1;
    }
    if (count === 0) this.#dropUnwanted(publication);
    this.receivers = count;
  }

  #dropUnwanted(publication: Publication): void {
    // Messages of the broker itself are nobody's loss.
    if (publication.entry.isSystem) return;
    this.#counters.droppedNoSubscribers += 1;
    this.#hooks.emit.messageDropped?.({ message: publication, reason: 'no_subscribers' });
  }
}
