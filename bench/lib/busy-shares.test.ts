import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyShares } from './busy-shares.ts';

test('names only those whose median share of a core is small', () => {
  const busy = new BusyShares();
  for (const cpuSeconds of [1.9, 0.2, 1.8]) busy.add('A Millrace', cpuSeconds, 2);
  busy.add('A aedes', 0.5, 2);

  const [note = '', ...more] = busy.notes();

  assert.match(note, /: A aedes 25 % of a core$/);
  assert.deepEqual(more, []);
});
