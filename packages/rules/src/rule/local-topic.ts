import type { AckGate } from '@millrace/broker';
import type { ActionDirectory } from '../action/sink.ts';
import type { RuleInput } from '../event/input.ts';
import type { RuleLog } from '../ports.ts';
import type { Starter } from './starter.ts';
import type { Throttle } from './throttle.ts';

/** What a local topic is made of. */
export interface LocalTopicParts {
  readonly action: string;
  readonly filter: string;
  readonly order: number;
  readonly directory: ActionDirectory;
  readonly log: RuleLog;
  readonly throttle: Throttle;
}

/** An action's `local_topic`: messages on it go to the action without a rule, with all their columns. */
export class LocalTopic implements Starter {
  readonly order: number;
  readonly filter: string;
  readonly #parts: LocalTopicParts;

  constructor(parts: LocalTopicParts) {
    this.order = parts.order;
    this.filter = parts.filter;
    this.#parts = parts;
  }

  start(input: RuleInput): AckGate | undefined {
    const { action, directory } = this.#parts;
    try {
      input.ruleId = '';
      const { metadata: _, ...columns } = input.all();
      return directory.action(action)?.submit(columns, { clientId: input.clientId, topic: input.topic });
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #report(error: unknown): void {
    const { action, filter, log, throttle } = this.#parts;
    throttle.run(`${action}/local_topic`, (suppressed) =>
      log.warn({ action, local_topic: filter, error, suppressed }, 'action failed for a message on its local topic'),
    );
  }
}
