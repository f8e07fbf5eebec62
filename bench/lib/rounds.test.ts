import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interleave, median } from './rounds.ts';

test('contenders take turns, and warm-up rounds do not count', async () => {
  const turns: string[] = [];
  const contender = (name: string, figures: readonly number[]) => {
    const left = [...figures];
    const round = () => {
      turns.push(name);
      return left.shift() ?? Number.NaN;
    };
    return { name, round };
  };

  const results = await interleave([contender('a', [99, 3, 1, 2]), contender('b', [99, 10, 30, 20])], 3, 1);

  assert.equal(turns.join(''), 'abababab');
  assert.deepEqual(results, [
    { name: 'a', median: 2, lowest: 1, highest: 3 },
    { name: 'b', median: 20, lowest: 10, highest: 30 },
  ]);
});

test('the median of an even number of figures lies between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});
