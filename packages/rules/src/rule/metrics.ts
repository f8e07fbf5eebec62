import type { Outcome, OutcomeListener } from '@millrace/resource';
import { Rate } from './rate.ts';

/** Counters of a rule under the names of the REST API. */
export interface RuleMetricsView {
  readonly matched: number;
  readonly passed: number;
  readonly failed: number;
  readonly 'failed.exception': number;
  readonly 'failed.no_result': number;
  readonly 'actions.total': number;
  readonly 'actions.success': number;
  readonly 'actions.failed': number;
  readonly 'actions.failed.out_of_service': number;
  readonly 'actions.failed.unknown': number;
  readonly 'actions.discarded': number;
  readonly 'matched.rate': number;
  readonly 'matched.rate.max': number;
  readonly 'matched.rate.last5m': number;
}

/**
 * What a rule has done. `matched` and `failed` are sums of the rest, so they agree with it at every moment. Actions
 * report their outcomes here, at once or when the answer arrives.
 */
export class RuleMetrics implements OutcomeListener {
  passed = 0;
  failedException = 0;
  failedNoResult = 0;
  actionsTotal = 0;
  actionsSuccess = 0;
  actionsFailed = 0;
  actionsOutOfService = 0;
  actionsUnknown = 0;
  actionsDiscarded = 0;
  readonly #rate = new Rate();

  get matched(): number {
    return this.passed + this.failedException + this.failedNoResult;
  }

  settled(outcome: Outcome, count: number): void {
    switch (outcome) {
      case 'success':
        this.actionsSuccess += count;
        break;
      case 'discarded':
        this.actionsDiscarded += count;
        break;
      case 'resource_stopped':
      case 'resource_not_found':
        this.actionsFailed += count;
        this.actionsOutOfService += count;
        break;
      default:
        this.actionsFailed += count;
        this.actionsUnknown += count;
    }
  }

  /** Not final, so it does not add to `actions.failed`. */
  retrying(count: number): void {
    this.actionsOutOfService += count;
  }

  /** Called every {@link Rate.INTERVAL_MS}. */
  sampleRate(): void {
    this.#rate.sample(this.matched);
  }

  reset(): void {
    this.passed = 0;
    this.failedException = 0;
    this.failedNoResult = 0;
    this.actionsTotal = 0;
    this.actionsSuccess = 0;
    this.actionsFailed = 0;
    this.actionsOutOfService = 0;
    this.actionsUnknown = 0;
    this.actionsDiscarded = 0;
    this.#rate.reset();
  }

  view(): RuleMetricsView {
    return {
      matched: this.matched,
      passed: this.passed,
      failed: this.failedException + this.failedNoResult,
      'failed.exception': this.failedException,
      'failed.no_result': this.failedNoResult,
      'actions.total': this.actionsTotal,
      'actions.success': this.actionsSuccess,
      'actions.failed': this.actionsFailed,
      'actions.failed.out_of_service': this.actionsOutOfService,
      'actions.failed.unknown': this.actionsUnknown,
      'actions.discarded': this.actionsDiscarded,
      'matched.rate': this.#rate.current,
      'matched.rate.max': this.#rate.max,
      'matched.rate.last5m': this.#rate.last5m,
    };
  }
}
