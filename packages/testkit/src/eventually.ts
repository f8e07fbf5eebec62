import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** Names what is waited for in the error. */
  readonly what?: string;
}

/**
 * Calls `probe` until it returns something truthy and gives that back. A throwing probe counts as "not yet". After
 * `timeoutMs` (default 10 s) it throws with the probe's last error or answer, so that the failure names its cause.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20, what = 'the expected state' }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw notReached(what, timeoutMs, last);
    await sleep(intervalMs);
  }
}

function notReached(what: string, timeoutMs: number, last: unknown): Error {
  const detail = last instanceof Error ? last.message : `last answer: ${String(last)}`;
  return new Error(`waited ${timeoutMs} ms for ${what} in vain: ${detail}`, { cause: last });
}
