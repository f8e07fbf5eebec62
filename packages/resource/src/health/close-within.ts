import { sleep } from '../clock.ts';
import type { Clock } from '../ports.ts';

/** What does not close within this time is left behind: a shutdown must end. */
const CLOSE_MS = 1500;

/** Closes a link, sink or source of a connector. Throws what `close` throws, but never waits long. */
export async function closeWithin(close: () => Promise<void> | undefined, clock: Clock): Promise<void> {
  const limit = new AbortController();
  try {
    await Promise.race([close(), sleep(clock, CLOSE_MS, limit.signal)]);
  } finally {
    limit.abort();
  }
}
