import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveDelivery } from './delivery.ts';
import { hashOf, OrderKey } from './order-key.ts';

test('durable records live for ever, others 45 s, and an explicit life always holds', () => {
  assert.equal(resolveDelivery({}, {}).dispatch.requestTtlMs, Infinity);
  assert.equal(resolveDelivery({}, { buffer_mode: 'memory_only' }).dispatch.requestTtlMs, 45_000);
  assert.equal(resolveDelivery({ bufferMode: 'memory_only' }, {}).dispatch.requestTtlMs, 45_000);
  assert.equal(resolveDelivery({ requestTtlMs: 9 }, {}).dispatch.requestTtlMs, 9);
  assert.equal(resolveDelivery({ requestTtlMs: 9 }, { request_ttl: 45_000 }).dispatch.requestTtlMs, 45_000);
  assert.equal(resolveDelivery({}, { request_timeout: 7 }).dispatch.requestTtlMs, 7);
});

test('the user is heard before the type, and the type before the defaults', () => {
  const { dispatch, log, isSync } = resolveDelivery(
    { maxBatchRecords: 100, maxBatchBytes: 5, lingerMs: 3, queryMode: 'sync' },
    { batch_size: 7, max_queue_bytes: 1000, query_mode: 'async' },
  );

  assert.deepEqual([dispatch.maxBatchRecords, dispatch.maxBatchBytes, dispatch.lingerMs], [7, 5, 3]);
  assert.deepEqual([log.maxBytes, log.segmentBytes, isSync], [1000, 1000, false]);
});

test('several calls of a lane run at once only where order allows it', () => {
  assert.equal(resolveDelivery({}, { inflight_window: 9 }).dispatch.laneInflight, 1);
  assert.equal(resolveDelivery({ pipelined: true }, { inflight_window: 9 }).dispatch.laneInflight, 9);
  assert.equal(resolveDelivery({}, { max_inflight: 9, ordering: 'none' }).dispatch.laneInflight, 9);
});

test('a batch never waits longer than half the life of its records', () => {
  assert.equal(resolveDelivery({}, { batch_time: 5000, request_ttl: 4000 }).dispatch.lingerMs, 2000);
});

test('the order key is the client, or the topic when asked for', () => {
  const origin = { clientId: 'c1', topic: 't1' };
  assert.equal(new OrderKey('client').hash(origin), hashOf('c1'));
  assert.equal(new OrderKey('topic').hash(origin), hashOf('t1'));
  assert.equal(new OrderKey('none').hash(origin), 0);
});

test('client ids that differ in a digit spread over all lanes', () => {
  const lanes = new Set(Array.from({ length: 200 }, (_, index) => hashOf(`device-${index}`) % 16));
  assert.equal(lanes.size, 16);
});
