import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerWheel } from '../session/timer-wheel.ts';
import { BackPressure, PATIENCE_MS, type Publishing } from './back-pressure.ts';

class TestPublisher implements Publishing {
  isReceiving = false;
  isHeld = false;
  isSuspended = false;

  holdBack(): void {
    this.isHeld = true;
  }

  published(): void {}

  suspend(): void {
    this.isSuspended = true;
  }

  letGo(): void {
    this.isHeld = false;
    this.isSuspended = false;
  }
}

function createPressure() {
  const wheel = new TimerWheel(10);
  let gaveUp = 0;
  const pressure = new BackPressure({
    wheel,
    window: () => 4,
    gaveUp: () => {
      gaveUp += 1;
    },
  });
  let elapsed = 0;
  const pass = (ms: number) => {
    elapsed += ms;
    wheel.advanceTo(elapsed);
  };
  return { pressure, pass, publisher: new TestPublisher(), gaveUp: () => gaveUp };
}

test('publishers wait until the receiver has caught up', () => {
  const { pressure, publisher, gaveUp, pass } = createPressure();

  pressure.hold(publisher);
  assert.equal(publisher.isHeld, true);
  pressure.release();
  pass(10 * PATIENCE_MS);

  assert.equal(publisher.isHeld, false);
  assert.equal(gaveUp(), 0);
});

test('a receiver that stands still gets one pause, and none until it has caught up', () => {
  const { pressure, publisher, gaveUp, pass } = createPressure();
  pressure.hold(publisher);

  pass(PATIENCE_MS + 30);
  assert.equal(publisher.isHeld, false);
  assert.equal(gaveUp(), 1);
  pressure.hold(publisher);
  assert.equal(publisher.isHeld, false);

  pressure.release();
  pressure.hold(publisher);
  assert.equal(publisher.isHeld, true);
});

test('a receiver that keeps up is waited for longer, but not for ever', () => {
  const { pressure, publisher, gaveUp, pass } = createPressure();
  pressure.hold(publisher);

  for (let round = 0; round < 8; round++) {
    for (let n = 0; n < 4; n++) pressure.progressed();
    pass(PATIENCE_MS);
  }
  assert.equal(publisher.isHeld, true);
  for (let round = 0; round < 8; round++) {
    for (let n = 0; n < 4; n++) pressure.progressed();
    pass(PATIENCE_MS);
  }

  assert.equal(publisher.isHeld, false);
  assert.equal(gaveUp(), 1);
});

test('who has to acknowledge messages itself is not made to wait', () => {
  const { pressure, publisher } = createPressure();
  publisher.isReceiving = true;

  pressure.hold(publisher);

  assert.equal(publisher.isHeld, false);
});

test('suspends publishers when it is urgent', () => {
  const { pressure, publisher } = createPressure();
  pressure.hold(publisher);
  assert.equal(publisher.isSuspended, false);

  pressure.isUrgent = true;
  pressure.hold(publisher);

  assert.equal(publisher.isSuspended, true);
});
