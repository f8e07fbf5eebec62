import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stats } from './stats.ts';

test('remembers the highest value of each gauge', () => {
  let connections = 3;
  const stats = new Stats((name) => (name === 'connections' ? connections : 0));
  stats.sample();
  connections = 1;

  const named = stats.named();

  assert.equal(named['connections.count'], 1);
  assert.equal(named['connections.max'], 3);
  assert.equal(named['subscriptions.shared.max'], 0);
});
