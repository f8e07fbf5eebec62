import type { Log } from '../log.ts';
import type { AckGate, Message } from '../message.ts';
import { joinGates } from './gates.ts';
import type { HookEvents, Hooks, MessageHandler, TopicHook } from './hooks.ts';

type EventName = keyof HookEvents;
type Emitters = { [K in EventName]: HookEvents[K] | undefined };

/**
 * The handlers of each event are folded into one function, or undefined when there are none, so an event that nobody
 * wants costs one comparison where it happens.
 */
export class HookRegistry implements Hooks {
  readonly emit: Emitters = {
    clientConnected: undefined,
    clientDisconnected: undefined,
    clientConnack: undefined,
    sessionSubscribed: undefined,
    sessionUnsubscribed: undefined,
    messageDelivered: undefined,
    messageAcked: undefined,
    messageDropped: undefined,
    deliveryDropped: undefined,
    authenticated: undefined,
    authorized: undefined,
  };
  readonly #log: Log;
  readonly #topicsChanged: () => void;
  readonly #events = new Map<EventName, ((event: never) => void)[]>();
  #topicHooks: TopicHook[] = [];
  #flushCallbacks: (() => void)[] = [];

  constructor(log: Log, topicsChanged: () => void) {
    this.#log = log;
    this.#topicsChanged = topicsChanged;
  }

  onPublish(hook: TopicHook): () => void {
    this.#topicHooks = [...this.#topicHooks, hook];
    this.#topicsChanged();
    return () => {
      this.#topicHooks = this.#topicHooks.filter((other) => other !== hook);
      this.#topicsChanged();
    };
  }

  invalidateTopics(): void {
    this.#topicsChanged();
  }

  on<K extends EventName>(event: K, handler: HookEvents[K]): () => void {
    const entry = handler as (event: never) => void;
    this.#setHandlers(event, [...(this.#events.get(event) ?? []), entry]);
    return () =>
      this.#setHandlers(
        event,
        (this.#events.get(event) ?? []).filter((other) => other !== entry),
      );
  }

  beforeFlush(callback: () => void): () => void {
    this.#flushCallbacks = [...this.#flushCallbacks, callback];
    return () => {
      this.#flushCallbacks = this.#flushCallbacks.filter((other) => other !== callback);
    };
  }

  /** Called by the flush queue once a turn, before the first socket is written. */
  runBeforeFlush(): void {
    for (const callback of this.#flushCallbacks) {
      try {
        callback();
      } catch (error) {
        this.#log.error({ error }, 'hook before flush failed');
      }
    }
  }

  /** What all topic hooks together do with messages on this topic. */
  resolveTopic(topic: string): MessageHandler | undefined {
    let resolved: MessageHandler | undefined;
    for (const hook of this.#topicHooks) {
      const handler = this.#askHook(hook, topic);
      if (handler !== undefined) resolved = this.#chain(resolved, handler);
    }
    return resolved;
  }

  #askHook(hook: TopicHook, topic: string): MessageHandler | undefined {
    try {
      return hook(topic);
    } catch (error) {
      this.#log.error({ error, topic }, 'topic hook failed');
      return undefined;
    }
  }

  #chain(first: MessageHandler | undefined, handler: MessageHandler): MessageHandler {
    const guarded = this.#guard(handler);
    return first === undefined ? guarded : (message) => joinGates(first(message), guarded(message));
  }

  #guard(handler: MessageHandler): MessageHandler {
    return (message: Message): AckGate | undefined => {
      try {
        return handler(message);
      } catch (error) {
        this.#log.error({ error, topic: message.topic }, 'publish hook failed');
        return undefined;
      }
    };
  }

  #setHandlers(event: EventName, handlers: ((event: never) => void)[]): void {
    this.#events.set(event, handlers);
    const emit: Record<EventName, ((event: never) => void) | undefined> = this.emit;
    emit[event] = handlers.length === 0 ? undefined : (payload: never) => this.#call(event, handlers, payload);
  }

  #call(event: EventName, handlers: readonly ((event: never) => void)[], payload: never): void {
    for (const handler of handlers) {
      try {
        handler(payload);
      } catch (error) {
        this.#log.error({ error, event }, 'event hook failed');
      }
    }
  }
}
