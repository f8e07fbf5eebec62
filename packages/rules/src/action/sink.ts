import type { AckGate } from '@millrace/broker';
import type { ActionPort, OutcomeListener } from '@millrace/resource';
import type { RuleOutput } from '@millrace/rule-sql';
import type { RuleInput } from '../event/input.ts';
import type { Action } from './action.ts';

/** Finds actions by id; the resource layer in the node. */
export interface ActionDirectory {
  action(id: string): ActionPort | undefined;
}

/** Hands outputs to an action of the resource layer, which buffers, sends and retries. */
export class SinkAction implements Action {
  /** `TYPE:NAME` */
  readonly name: string;
  readonly #directory: ActionDirectory;

  constructor(id: string, directory: ActionDirectory) {
    this.name = id;
    this.#directory = directory;
  }

  run(output: RuleOutput, input: RuleInput, outcomes: OutcomeListener): AckGate | undefined {
    const port = this.#directory.action(this.name);
    if (port !== undefined) {
      return port.submit(output, { clientId: input.clientId, topic: input.topic, settled: outcomes });
    }
    outcomes.settled('discarded', 1);
    return undefined;
  }

  /** What a sink sends is made by its connector, when the action runs. */
  rehearse(): void {}
}
