import type {
  AckGate,
  HookEvents,
  Hooks,
  Message,
  MessageHandler,
  Publisher,
  PublishRequest,
  PublishResult,
  TopicHook,
} from '@millrace/broker';
import type { ActionPort, OutcomeListener, SubmitOrigin } from '@millrace/resource';
import type { RuleOutput } from '@millrace/rule-sql';
import type { RuleClock, RuleLog } from '../ports.ts';

/** A gate that tests open by hand. */
export class TestGate implements AckGate {
  isOpen = false;
  readonly #callbacks: (() => void)[] = [];

  whenOpen(callback: () => void): void {
    if (this.isOpen) callback();
    else this.#callbacks.push(callback);
  }

  open(): void {
    this.isOpen = true;
    for (const callback of this.#callbacks) callback();
  }
}

/** A broker without network: publishing runs the hooks and keeps what was published. */
export class FakeBroker {
  readonly published: PublishRequest[] = [];
  readonly topicHooks: TopicHook[] = [];
  readonly listeners = new Map<string, Set<(event: never) => void>>();
  invalidations = 0;
  readonly #handlers = new Map<string, readonly MessageHandler[]>();

  readonly hooks: Hooks = {
    onPublish: (hook) => {
      this.topicHooks.push(hook);
      return () => this.topicHooks.splice(this.topicHooks.indexOf(hook), 1);
    },
    invalidateTopics: () => {
      this.invalidations += 1;
      this.#handlers.clear();
    },
    on: (event, handler) => {
      const handlers = this.listeners.get(event) ?? new Set();
      this.listeners.set(event, handlers.add(handler));
      return () => handlers.delete(handler);
    },
    beforeFlush: () => () => undefined,
  };

  publish(request: PublishRequest): PublishResult {
    this.published.push(request);
    const gate = request.direct === true ? undefined : this.receive(messageOf(request));
    return { id: '0'.repeat(32), receivers: 0, gate };
  }

  /** Runs the hooks for a message, as if a client had published it; answers the last gate. */
  receive(message: Message): AckGate | undefined {
    let gate: AckGate | undefined;
    for (const handler of this.#handlersOf(message.topic)) gate = handler(message) ?? gate;
    return gate;
  }

  emit<K extends keyof HookEvents>(event: K, data: Parameters<HookEvents[K]>[0]): void {
    for (const handler of this.listeners.get(event) ?? []) handler(data as never);
  }

  /** Number of handlers for an event. */
  registered(event: keyof HookEvents): number {
    return this.listeners.get(event)?.size ?? 0;
  }

  #handlersOf(topic: string): readonly MessageHandler[] {
    const known = this.#handlers.get(topic);
    if (known !== undefined) return known;
    const handlers = this.topicHooks.map((hook) => hook(topic)).filter((handler) => handler !== undefined);
    this.#handlers.set(topic, handlers);
    return handlers;
  }
}

export const testPublisher: Publisher = {
  clientId: 'c1',
  username: 'u1',
  peerHost: '127.0.0.1',
  peerPort: 4000,
  protocolVersion: 5,
  attributes: {},
};

/** A message as the broker would hand it to hooks. */
export function messageOf(request: Partial<PublishRequest> & { readonly topic: string }): Message {
  const message: Message = {
    id: '000600000000000000000000000000aa',
    topic: request.topic,
    payload: Buffer.from(request.payload ?? ''),
    qos: request.qos ?? 0,
    retain: request.retain ?? false,
    dup: request.dup ?? false,
    properties: request.properties,
    publisher: request.publisher ?? testPublisher,
    timestamp: 1_700_000_000_000,
    origin: request.origin,
    keep: () => message,
  };
  return message;
}

/** An action that keeps what it is given and answers with a gate when told to. */
export class FakeAction implements ActionPort {
  readonly id: string;
  isEnabled = true;
  gate: AckGate | undefined;
  readonly outputs: RuleOutput[] = [];
  readonly origins: SubmitOrigin[] = [];

  constructor(id: string) {
    this.id = id;
  }

  submit(output: RuleOutput, origin: SubmitOrigin): AckGate | undefined {
    this.outputs.push(output);
    this.origins.push(origin);
    return this.gate;
  }

  /** Who hears of the outcome of the last output. */
  get listener(): OutcomeListener {
    return this.origins.at(-1)!.settled!;
  }
}

/** Time that tests move by hand. */
export class TestClock implements RuleClock {
  #now = 1_700_000_000_000;
  readonly #timers: { readonly intervalMs: number; readonly callback: () => void; next: number }[] = [];

  now(): number {
    return this.#now;
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = { intervalMs, callback, next: this.#now + intervalMs };
    this.#timers.push(timer);
    return () => this.#timers.splice(this.#timers.indexOf(timer), 1);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of this.#timers) {
      while (timer.next <= this.#now) {
        timer.next += timer.intervalMs;
        timer.callback();
      }
    }
  }
}

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Keeps what is logged. */
export function recordingLog(): RuleLog & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
