import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock } from './lock.ts';

test('alternates between unlock and lock and loses battery', () => {
  const lock = new Lock('lock-1', () => 0.5);

  const first = JSON.parse(lock.move());
  const second = JSON.parse(lock.move());

  assert.equal(first.action, 'unlock');
  assert.equal(second.action, 'lock');
  assert.ok(second.battery < first.battery);
  assert.equal(lock.topic, 'devices/lock-1/state');
});
