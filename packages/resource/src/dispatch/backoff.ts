const FIRST_MS = 100;
const SHORTEST_MS = 10;
const MOST_DOUBLINGS = 30;

/**
 * How long to wait after the n-th failure in a row: exponential with full jitter, so that many waiters do not come back
 * at the same moment. `random` is in [0, 1).
 */
export function backoffMs(failures: number, capMs: number, random: () => number, firstMs: number = FIRST_MS): number {
  const most = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
  return Math.max(Math.min(SHORTEST_MS, capMs), Math.round(random() * most));
}
