import type { Log } from './connector.ts';
import type { RuleOutput } from './sink.ts';

/** Reads messages from an outside system and hands them to rules. */
export interface Source {
  /** Starts reading on a connected link; resolves when reading has begun. Called again after each reconnect. */
  start(signal: AbortSignal): Promise<void>;
  check?(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface SourceContext {
  readonly id: string;
  readonly node: string;
  readonly log: Log;
  /**
   * Hands messages on, in order. Resolves when every rule's actions have taken them (durably where they are durable);
   * only then may the source commit upstream. The columns are those of the source's event.
   */
  readonly emit: (messages: readonly RuleOutput[]) => Promise<void>;
  readonly lost: (reason: Error) => void;
}
