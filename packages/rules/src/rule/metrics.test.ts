import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '@millrace/resource';
import { RuleMetrics } from './metrics.ts';

test('matched is the sum of passed and failed', () => {
  const metrics = new RuleMetrics();
  metrics.passed = 3;
  metrics.failedException = 2;
  metrics.failedNoResult = 1;

  const view = metrics.view();

  assert.equal(view.matched, 6);
  assert.equal(view.failed, 3);
});

test('each outcome of an action moves the counters that belong to it', () => {
  const counted = (outcome: Outcome) => {
    const metrics = new RuleMetrics();
    metrics.settled(outcome, 2);
    return Object.entries(metrics.view())
      .filter(([, value]) => value > 0)
      .map(([name]) => name);
  };

  assert.deepEqual(counted('success'), ['actions.success']);
  assert.deepEqual(counted('discarded'), ['actions.discarded']);
  for (const outcome of ['resource_stopped', 'resource_not_found'] as const) {
    assert.deepEqual(counted(outcome), ['actions.failed', 'actions.failed.out_of_service'], outcome);
  }
  for (const outcome of ['failed', 'expired', 'queue_full', 'late_reply', 'other'] as const) {
    assert.deepEqual(counted(outcome), ['actions.failed', 'actions.failed.unknown'], outcome);
  }
});

test('a failure that is retried is out of service, but not failed', () => {
  const metrics = new RuleMetrics();
  metrics.retrying(3);

  assert.equal(metrics.view()['actions.failed'], 0);
  assert.equal(metrics.view()['actions.failed.out_of_service'], 3);
});

test('rates follow the growth of matched over ten seconds', () => {
  const metrics = new RuleMetrics();
  metrics.passed = 100;
  metrics.sampleRate();
  metrics.passed = 125;
  metrics.sampleRate();

  const view = metrics.view();

  assert.equal(view['matched.rate'], 2.5);
  assert.equal(view['matched.rate.max'], 10);
  assert.equal(view['matched.rate.last5m'], 6.25);
});

test('the last five minutes forget older samples', () => {
  const metrics = new RuleMetrics();
  metrics.passed = 1000;
  for (let sample = 0; sample < 31; sample += 1) metrics.sampleRate();

  assert.equal(metrics.view()['matched.rate.last5m'], 0);
  assert.equal(metrics.view()['matched.rate.max'], 100);
});

test('reset starts everything at zero', () => {
  const metrics = new RuleMetrics();
  metrics.passed = 5;
  metrics.actionsTotal = 5;
  metrics.sampleRate();
  metrics.reset();

  assert.ok(Object.values(metrics.view()).every((value) => value === 0));
});
