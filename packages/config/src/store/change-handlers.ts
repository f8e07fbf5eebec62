import { isDeepStrictEqual } from 'node:util';
import { formatConfigPath } from '../config-path.ts';
import { affectedPaths } from './units.ts';

/** A change of one path, before it is in force. `undefined` on a side means that there is nothing. */
export interface ConfigChange {
  readonly path: string;
  readonly steps: readonly string[];
  /** Parsed values. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Puts a change into force, or throws to refuse it; then nothing is stored and earlier handlers are told to go back. */
export type ChangeHandler = (change: ConfigChange) => void | Promise<void>;

/** One state of the configuration, as handlers compare two of them. */
export interface Snapshot {
  raw(path: readonly string[]): unknown;
  parsed(path: readonly string[]): unknown;
  keys(path: readonly string[]): Iterable<string>;
}

interface Registration {
  readonly pattern: readonly string[];
  readonly handler: ChangeHandler;
}

/** Who wants to hear of which changes. Handlers run one after the other, in the order of their registration. */
export class ChangeHandlers {
  readonly #registrations: Registration[] = [];

  add(pattern: readonly string[], handler: ChangeHandler): () => void {
    const registration = { pattern, handler };
    this.#registrations.push(registration);
    return () => {
      const index = this.#registrations.indexOf(registration);
      if (index >= 0) this.#registrations.splice(index, 1);
    };
  }

  /** Runs every handler that a change at `path` concerns. The answer undoes them, last first. */
  async run(path: readonly string[], before: Snapshot, after: Snapshot): Promise<() => Promise<void>> {
    const done: (() => void | Promise<void>)[] = [];
    const undo = async () => {
      for (const step of done.reverse()) await step();
    };
    for (const { handler, change } of this.#calls(path, before, after)) {
      try {
        await handler(change);
      } catch (error) {
        await undo();
        throw error;
      }
      done.push(() => handler({ ...change, before: change.after, after: change.before }));
    }
    return undo;
  }

  #calls(
    path: readonly string[],
    before: Snapshot,
    after: Snapshot,
  ): { handler: ChangeHandler; change: ConfigChange }[] {
    const keys = (at: readonly string[]) => [...before.keys(at), ...after.keys(at)];
    return this.#registrations.flatMap(({ pattern, handler }) =>
      affectedPaths(pattern, path, keys)
        .filter((steps) => !isDeepStrictEqual(before.raw(steps), after.raw(steps)))
        .map((steps) => ({ handler, change: changeOf(steps, before, after) })),
    );
  }
}

function changeOf(steps: readonly string[], before: Snapshot, after: Snapshot): ConfigChange {
  return { path: formatConfigPath(steps), steps, before: before.parsed(steps), after: after.parsed(steps) };
}
