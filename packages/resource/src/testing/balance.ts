import assert from 'node:assert/strict';
import type { ActionMetrics } from '../ports.ts';

/** The invariant of `docs/specs/metrics.md`. */
export function assertBalanced(metrics: ActionMetrics): void {
  const { success, failed, inflight, queuing, late_reply: late, dropped } = metrics;
  assert.equal(metrics.matched, success + failed + inflight + queuing + late + dropped, JSON.stringify(metrics));
  assert.ok(inflight >= 0 && queuing >= 0 && metrics.queuing_bytes >= 0, JSON.stringify(metrics));
  const { 'dropped.expired': expired, 'dropped.queue_full': full, 'dropped.other': other } = metrics;
  assert.equal(
    dropped,
    expired + full + metrics['dropped.resource_stopped'] + metrics['dropped.resource_not_found'] + other,
  );
  assert.equal(metrics.retried, metrics['retried.success'] + metrics['retried.failed']);
  assert.ok(metrics['retried.success'] <= success && metrics['retried.failed'] <= failed, JSON.stringify(metrics));
}
