import type { ActionMetrics } from '../ports.ts';
import { OutcomeCode } from './counters.ts';
import { Histogram } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import type { Rate } from './rate.ts';

/** The numbers of an action under the names that users know. */
export function actionMetrics(ledger: Ledger, rate: Rate, oldestAgeMs: number): ActionMetrics {
  const { counters } = ledger.log;
  const retriedSuccess = counters.retriedOf(OutcomeCode.success);
  const retriedFailed = counters.retriedOf(OutcomeCode.failed);
  return {
    matched: ledger.matched,
    success: counters.of(OutcomeCode.success),
    failed: counters.of(OutcomeCode.failed),
    dropped: counters.dropped,
    'dropped.expired': counters.of(OutcomeCode.expired),
    'dropped.queue_full': counters.of(OutcomeCode.queueFull),
    'dropped.resource_stopped': counters.of(OutcomeCode.resourceStopped),
    'dropped.resource_not_found': counters.of(OutcomeCode.resourceNotFound),
    'dropped.other': counters.of(OutcomeCode.other),
    late_reply: counters.of(OutcomeCode.lateReply),
    retried: retriedSuccess + retriedFailed,
    'retried.success': retriedSuccess,
    'retried.failed': retriedFailed,
    received: 0,
    queuing: ledger.queuing,
    queuing_bytes: ledger.queuingBytes,
    inflight: ledger.inflight,
    ...rates(rate),
    oldest_age_ms: oldestAgeMs,
    latency: {
      queue_wait: ledger.queueWait.summary(),
      call: ledger.call.summary(),
      end_to_end: ledger.endToEnd.summary(),
    },
  };
}

/** The same names for a source: it receives, and buffers nothing. */
export function sourceMetrics(received: number, rate: Rate): ActionMetrics {
  const none = new Histogram().summary();
  return {
    matched: 0,
    success: 0,
    failed: 0,
    dropped: 0,
    'dropped.expired': 0,
    'dropped.queue_full': 0,
    'dropped.resource_stopped': 0,
    'dropped.resource_not_found': 0,
    'dropped.other': 0,
    late_reply: 0,
    retried: 0,
    'retried.success': 0,
    'retried.failed': 0,
    received,
    queuing: 0,
    queuing_bytes: 0,
    inflight: 0,
    ...rates(rate),
    oldest_age_ms: 0,
    latency: { queue_wait: none, call: none, end_to_end: none },
  };
}

function rates(rate: Rate): Pick<ActionMetrics, 'rate' | 'rate_last5m' | 'rate_max'> {
  return { rate: rate.current, rate_last5m: rate.lastFiveMinutes, rate_max: rate.max };
}
