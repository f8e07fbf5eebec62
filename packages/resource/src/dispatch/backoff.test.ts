import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from './backoff.ts';

const longest = () => 0.999999;

test('doubles from 100 ms up to the cap', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 60].map((failures) => backoffMs(failures, 1000, longest)),
    [100, 200, 400, 800, 1000, 1000],
  );
});

test('spreads over the whole interval but never returns at once', () => {
  assert.equal(
    backoffMs(5, 1000, () => 0.5),
    500,
  );
  assert.equal(
    backoffMs(5, 1000, () => 0),
    10,
  );
  assert.equal(
    backoffMs(1, 5, () => 0),
    5,
  );
});
