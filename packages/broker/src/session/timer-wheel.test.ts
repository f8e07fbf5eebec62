import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerWheel, WheelTimer } from './timer-wheel.ts';

test('calls each timer once, not before its time and at most two ticks late', () => {
  const wheel = new TimerWheel(10);
  const due = new Map<number, number>();
  let now = 0;
  for (const delay of [0, 5, 10, 95, 10_240, 25_000]) {
    wheel.schedule(new WheelTimer(() => due.set(delay, now)), delay);
  }

  for (now = 0; now <= 30_000; now += 10) wheel.advanceTo(now);

  assert.equal(due.size, 6);
  for (const [delay, calledAt] of due) assert.ok(calledAt >= delay && calledAt <= delay + 20, `${delay}: ${calledAt}`);
});

test('forgets cancelled timers and takes the last schedule', () => {
  const wheel = new TimerWheel(10);
  const calls: string[] = [];
  const moved = new WheelTimer(() => calls.push('moved'));
  const cancelled = new WheelTimer(() => calls.push('cancelled'));
  const third = new WheelTimer(() => calls.push('third'));
  for (const timer of [moved, cancelled, third]) wheel.schedule(timer, 50);
  wheel.schedule(moved, 500);
  wheel.cancel(cancelled);

  wheel.advanceTo(100);
  assert.deepEqual(calls, ['third']);
  wheel.advanceTo(600);

  assert.deepEqual(calls, ['third', 'moved']);
});

test('a timer may cancel its neighbours and schedule itself again', () => {
  const wheel = new TimerWheel(10);
  let calls = 0;
  const other = new WheelTimer(() => assert.fail('was cancelled'));
  const again = new WheelTimer(() => {
    calls += 1;
    wheel.cancel(other);
    if (calls < 3) wheel.schedule(again, 20);
  });
  wheel.schedule(other, 20);
  wheel.schedule(again, 20);

  wheel.advanceTo(500);

  assert.equal(calls, 3);
});
