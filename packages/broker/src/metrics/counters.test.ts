import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounters, nameMetrics } from './counters.ts';

test('sums are the sums of their parts', () => {
  const counters = createCounters();
  counters.qos0Received = 1;
  counters.qos1Received = 2;
  counters.qos2Received = 4;
  counters.publishError = 8;
  counters.pingreqReceived = 16;
  counters.deliveryExpired = 3;
  counters.deliveryQos0 = 4;
  counters.droppedNoSubscribers = 5;

  const metrics = nameMetrics(counters);

  assert.equal(metrics['messages.received'], 7);
  assert.equal(metrics['packets.publish.received'], 15);
  assert.equal(metrics['packets.received'], 31);
  assert.equal(metrics['delivery.dropped'], 7);
  assert.equal(metrics['messages.dropped'], 5);
});

test('every metric is a number from the start', () => {
  const metrics = nameMetrics(createCounters());

  assert.ok(Object.keys(metrics).length > 90);
  for (const [name, value] of Object.entries(metrics)) assert.equal(value, 0, name);
});
