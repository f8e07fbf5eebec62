import type { Hooks } from '@millrace/broker';
import type { TopicIndex } from '../rule/topic-index.ts';
import type { EventOrigin, RuleInput } from './input.ts';
import { type EventKind, eventKinds } from './kinds.ts';

/**
 * Keeps the broker's hooks in step with what rules select from: an event that no rule wants is not registered and costs
 * nothing.
 */
export class EventSwitchboard<T> {
  readonly #hooks: Hooks;
  readonly #index: TopicIndex<T>;
  readonly #origin: () => EventOrigin;
  readonly #start: (starters: readonly T[], input: RuleInput) => void;
  readonly #lines = new Map<EventKind, { starters: readonly T[]; unregister: () => void }>();

  constructor(
    hooks: Hooks,
    index: TopicIndex<T>,
    origin: () => EventOrigin,
    start: (starters: readonly T[], input: RuleInput) => void,
  ) {
    this.#hooks = hooks;
    this.#index = index;
    this.#origin = origin;
    this.#start = start;
  }

  /** Looks at the index again, after rules have changed. */
  update(): void {
    for (const kind of eventKinds) if (kind.listen !== undefined) this.#updateLine(kind);
  }

  /** What an event starts: a rule once for each of the event's names that it lists. */
  startersOf(kind: EventKind): readonly T[] {
    const byOldName = kind.oldTopic === undefined ? [] : this.#index.exact(kind.oldTopic);
    return [...byOldName, ...this.#index.match(kind.topic)];
  }

  close(): void {
    for (const line of this.#lines.values()) line.unregister();
    this.#lines.clear();
  }

  #updateLine(kind: EventKind): void {
    const starters = this.startersOf(kind);
    const line = this.#lines.get(kind);
    if (starters.length === 0) {
      line?.unregister();
      this.#lines.delete(kind);
    } else if (line !== undefined) {
      line.starters = starters;
    } else {
      this.#register(kind, starters);
    }
  }

  #register(kind: EventKind, starters: readonly T[]): void {
    const line = { starters, unregister: (): void => undefined };
    this.#lines.set(kind, line);
    line.unregister = kind.listen!(this.#hooks, this.#origin, (input) => this.#start(line.starters, input));
  }
}
