import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sequence } from './batch.ts';
import { type Attempt, Sequencer } from './sequencer.ts';

test('numbers follow each other within an epoch', () => {
  const sequencer = started();

  assert.deepEqual(
    [sequencer.take(3), sequencer.take(2), sequencer.take(1)].map(({ first }) => first),
    [0, 3, 5],
  );
  assert.equal(sequencer.mustRenew, false);
});

test('what failed comes back in its old order, also when a repetition fails again', () => {
  const sequencer = started();
  const [one, two, three] = [attempt(sequencer.take(1)), attempt(sequencer.take(1)), attempt(sequencer.take(1))];
  for (const each of [one, two, three]) sequencer.keep(each);

  assert.equal(sequencer.repeated, one);
  sequencer.takeRepeated();
  sequencer.keep(one);

  for (const each of [one, two, three]) {
    assert.equal(sequencer.repeated, each);
    sequencer.takeRepeated();
  }
  assert.equal(sequencer.mustRenew, false);
  assert.equal(sequencer.take(1).first, 3);
});

test('a new epoch begins at zero and forgets what failed', () => {
  const sequencer = started();
  sequencer.keep(attempt(sequencer.take(4)));

  assert.equal(sequencer.mustRenew, true);
  sequencer.renew();

  assert.deepEqual(sequencer.take(1), { producerId: 9n, epoch: 1, first: 0 });
  assert.equal(sequencer.repeated, undefined);
});

test('failures of an earlier epoch are not repeated', () => {
  const sequencer = started();
  const old = attempt(sequencer.take(1));
  sequencer.abandon();
  sequencer.renew();

  sequencer.keep(old);

  assert.equal(sequencer.mustRenew, false);
});

test('abandoned numbers are not used again', () => {
  const sequencer = started();
  sequencer.keep(attempt(sequencer.take(1)));
  sequencer.abandon();

  assert.equal(sequencer.repeated, undefined);
  assert.equal(sequencer.mustRenew, true);
});

test('a producer id ends with its last epoch', () => {
  const sequencer = new Sequencer();
  sequencer.start(9n, 32_767);

  sequencer.renew();

  assert.equal(sequencer.needsProducer, true);
  assert.equal(sequencer.spent, 9n);
});

test('numbers wrap around', () => {
  const sequencer = started();
  sequencer.take(2 ** 31 - 1);

  assert.equal(sequencer.take(3).first, 2 ** 31 - 1);
  assert.equal(sequencer.take(1).first, 2);
});

function started(): Sequencer {
  const sequencer = new Sequencer();
  assert.equal(sequencer.needsProducer, true);
  sequencer.start(9n, 0);
  return sequencer;
}

function attempt(sequence: Sequence): Attempt {
  return { sequence, count: 1, length: 80, checksum: 0 };
}
