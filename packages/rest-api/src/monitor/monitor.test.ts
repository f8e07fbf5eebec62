import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Monitor } from './monitor.ts';

function monitored() {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const metrics = { 'messages.received': 100, 'messages.sent': 0 };
  const stats = { 'connections.count': 0 };
  const monitor = new Monitor({ metrics: () => ({ ...metrics }), stats: () => ({ ...stats }) }, { now: () => now });
  const tick = (received: number, connections = 0) => {
    now += 10_000;
    metrics['messages.received'] += received;
    stats['connections.count'] = connections;
    monitor.sample();
  };
  return { monitor, metrics, tick, pass: (milliseconds: number) => (now += milliseconds) };
}

test('a point has the gauges of its moment and what was counted since the one before', () => {
  const { monitor, tick } = monitored();
  tick(7, 1);
  tick(5, 3);

  const points = monitor.points();

  assert.deepEqual(
    points.map(({ received, connections }) => [received, connections]),
    [
      [7, 1],
      [5, 3],
    ],
  );
  assert.ok(points[0]!.time_stamp < points[1]!.time_stamp);
});

test('older points are merged, and nothing counted is lost on the way', () => {
  const { monitor, tick } = monitored();
  for (let round = 0; round < 3 * 360; round += 1) tick(1);

  const points = monitor.points();

  assert.equal(
    points.reduce((sum, { received }) => sum + received, 0),
    3 * 360,
  );
  assert.ok(points.length < 361 + 2 * 60 + 2, String(points.length));
  assert.equal(points.filter(({ time_stamp }) => time_stamp % 60_000 !== 0).length > 0, true);
  assert.deepEqual(
    points,
    points.toSorted((one, other) => one.time_stamp - other.time_stamp),
  );
});

test('points older than a week are gone', () => {
  const { monitor, tick, pass } = monitored();
  tick(1);
  pass(8 * 86_400_000);
  tick(2);

  assert.deepEqual(
    monitor.points().map(({ received }) => received),
    [2],
  );
});

test('latest asks for the end of the series', () => {
  const { monitor, tick } = monitored();
  for (let round = 0; round < 10; round += 1) tick(1);

  assert.equal(monitor.points(30_000).length, 4);
});

test('current rates are per second since the last point', () => {
  const { monitor, metrics, tick, pass } = monitored();
  tick(1000);
  pass(4000);
  metrics['messages.received'] += 40;

  assert.equal(monitor.current()['received_msg_rate'], 10);
});
