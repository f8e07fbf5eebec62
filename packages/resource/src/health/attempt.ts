import { RecoverableError } from '@millrace/contract';
import type { Clock } from '../ports.ts';

/** How long a call may take to obey before it is left behind. */
const OBEY_MS = 1000;

/**
 * Runs a call of a connector within a time. Its signal is aborted when the time or the caller's signal ends it; then it
 * has a second to obey, so that the next call does not overlap with it.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void> | undefined,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  let cancelObey: (() => void) | undefined;
  const end = (error: Error) => {
    controller.abort(error);
    cancelObey ??= clock.after(OBEY_MS, () => ended.reject(error));
  };
  const onAbort = () => end(new RecoverableError('RESOURCE_ABORTED', 'the attempt was given up'));
  const cancelTimeout = clock.after(timeoutMs, () => end(timedOut(timeoutMs)));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await Promise.race([call(controller.signal), ended.promise]);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    cancelTimeout();
    cancelObey?.();
    signal.removeEventListener('abort', onAbort);
  }
}

function timedOut(timeoutMs: number): Error {
  return new RecoverableError(
    'RESOURCE_TIMED_OUT',
    `no answer within ${timeoutMs} ms (resource_health_check_timed_out)`,
  );
}

/** What a person reads as the reason of a status. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
