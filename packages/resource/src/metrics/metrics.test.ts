import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutcomeListener } from '../ports.ts';
import { Counters, OutcomeCode } from './counters.ts';
import { Histogram } from './histogram.ts';
import { NO_ORIGIN, Origins } from './origins.ts';
import { Rate } from './rate.ts';

test('counters survive JSON and ignore what is none', () => {
  const counters = new Counters();
  counters.add(OutcomeCode.success, 3, true);
  counters.add(OutcomeCode.queueFull, 2, false);

  const read = Counters.from(JSON.parse(JSON.stringify(counters)));

  assert.deepEqual(
    [read.settled, read.dropped, read.of(OutcomeCode.success), read.retriedOf(OutcomeCode.success)],
    [5, 2, 3, 3],
  );
  assert.equal(Counters.from({ all: ['x', null, 4] }).settled, 4);
  assert.equal(Counters.from(undefined).settled, 0);
});

test('a histogram bounds its percentiles', () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 1000; value++) histogram.add(value);

  const { count, mean, p50, p99, max } = histogram.summary();

  assert.deepEqual([count, mean, max], [1000, 500.5, 1000]);
  assert.ok(p50 >= 500 && p50 <= 710, `${p50}`);
  assert.ok(p99 >= 990 && p99 <= 1000, `${p99}`);
  histogram.clear();
  assert.deepEqual(histogram.summary(), { count: 0, mean: 0, p50: 0, p99: 0, max: 0 });
});

test('a rate remembers five minutes and its highest sample', () => {
  const rate = new Rate();
  rate.sample(100);
  for (let sample = 0; sample < 30; sample++) rate.sample(100 + (sample + 1) * 20);

  assert.deepEqual([rate.current, rate.lastFiveMinutes, rate.max], [2, 2, 10]);
});

test('origins give their numbers to others only when no record has them', () => {
  const origins = new Origins();
  const listeners = Array.from({ length: 100 }, (): OutcomeListener => ({ settled: () => undefined }));
  const busy = origins.indexOf(listeners[0]);
  origins.entered(busy);

  for (const listener of listeners.slice(1)) {
    assert.notEqual(origins.indexOf(listener), busy);
    assert.equal(origins.listener(origins.indexOf(listener)), listener);
  }

  assert.equal(origins.listener(busy), listeners[0]);
  assert.equal(origins.indexOf(undefined), NO_ORIGIN);
});
