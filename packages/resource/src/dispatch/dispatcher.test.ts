import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NotConnectedError, RecoverableError, UnrecoverableError } from '@millrace/contract';
import { assertBalanced } from '../testing/balance.ts';
import type { FakeWrite } from '../testing/fake-connector.ts';
import { Harness } from '../testing/harness.ts';

const busy = new RecoverableError('FAKE_BUSY', 'try again');
const bad = new UnrecoverableError('FAKE_BAD', 'a bad record');
const never = () => new Promise<void>(() => undefined);

/** Waits until the signal is aborted, as a sink that obeys does. */
function untilAborted({ signal }: FakeWrite): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

suite('batches', () => {
  test('leave full at once and in part when the last call returns', async () => {
    await using harness = new Harness();
    await harness.start({ batch_size: 2 });
    const texts = () => harness.system.writes.map((write) => write.texts.join(''));

    await harness.deliver('a', 'b', 'c', 'd', 'e');

    assert.deepEqual(texts(), ['ab', 'cd', 'e']);
  });

  test('wait batch_time for more', async () => {
    await using harness = new Harness();
    await harness.start({ batch_size: 3, batch_time: 100 });

    await harness.deliver('a');
    await harness.clock.pass(60);
    await harness.deliver('b');
    assert.deepEqual(harness.system.delivered, []);
    await harness.clock.pass(50);

    assert.deepEqual(
      harness.system.writes.map((write) => write.texts),
      [['a', 'b']],
    );
  });

  test('of several lanes run side by side', async () => {
    await using harness = new Harness();
    await harness.start();
    await harness.deliver('first');
    harness.system.answer = never;

    for (let client = 0; client < 200; client++) harness.sendAs(`client${client}`, `${client}`);
    await harness.clock.turn();

    assert.equal(harness.metrics.inflight, 16);
    assert.equal(harness.metrics.queuing, 184);
  });

  test('go out one by one on a new link until one has succeeded, or a second is over', async () => {
    await using harness = new Harness();
    await harness.start();
    harness.system.answer = never;

    for (let client = 0; client < 200; client++) harness.sendAs(`client${client}`, `${client}`);
    await harness.clock.turn();
    assert.equal(harness.metrics.inflight, 1);
    await harness.clock.pass(1100);

    assert.equal(harness.metrics.inflight, 16);
  });

  test('use several calls of a lane at once when the sink keeps their order', async () => {
    await using harness = new Harness();
    harness.system.delivery = { pipelined: true, maxInflight: 3 };
    await harness.start();
    await harness.deliver('first');
    harness.system.answer = never;

    await harness.deliver('a', 'b', 'c', 'd');

    assert.equal(harness.metrics.inflight, 3);
    assert.equal(harness.metrics.queuing, 1);
  });

  test('go to the lane that the sink names, in order, also when it takes time', async () => {
    await using harness = new Harness();
    harness.system.laneOf = async (text) => text.slice(0, 1);
    await harness.start();

    await harness.deliver('a1', 'b1', 'a2', 'b2');

    const lane = (name: string) =>
      harness.system.writes.filter((write) => write.lane === name).flatMap((write) => write.texts);
    assert.deepEqual(lane('a'), ['a1', 'a2']);
    assert.deepEqual(lane('b'), ['b1', 'b2']);
  });
});

suite('failures', () => {
  test('send the same batch again, in order, after a back-off', async () => {
    await using harness = new Harness();
    await harness.start({ batch_size: 2 });
    let failures = 3;
    harness.system.answer = () => (failures-- > 0 ? Promise.reject(busy) : undefined);

    await harness.deliver('a', 'b', 'c');
    await harness.clock.pass(1000);

    assert.deepEqual(harness.system.delivered, ['a', 'b', 'c']);
    assert.deepEqual(
      harness.system.writes.map((write) => write.attempt),
      [1, 2, 3, 4, 1],
    );
    assert.equal(harness.metrics['retried.success'], 2);
    assertBalanced(harness.metrics);
  });

  test('wait as long as the error says', async () => {
    await using harness = new Harness();
    await harness.start();
    harness.system.answer = ({ attempt }) => {
      if (attempt === 1) throw new RecoverableError('FAKE_LATER', 'later', { retryAfterMs: 7000 });
    };

    await harness.deliver('a');
    await harness.clock.pass(6900);
    assert.equal(harness.system.writes.length, 1);
    await harness.clock.pass(200);

    assert.deepEqual(harness.system.delivered, ['a']);
  });

  test('of a batch leave the bad records alone and deliver the good ones in order', async () => {
    await using harness = new Harness();
    await harness.start({ batch_size: 8 });
    harness.system.answer = ({ texts }) => {
      if (texts.some((text) => text === 'c' || text === 'g')) throw bad;
    };

    await harness.deliver(...'abcdefgh'.split(''));
    await harness.clock.pass(100);

    assert.deepEqual(harness.system.delivered, 'abdefh'.split(''));
    assert.equal(harness.metrics.failed, 2);
    assert.equal(harness.metrics.success, 6);
    assert.equal(harness.outcomes.filter((outcome) => outcome === 'failed').length, 2);
  });

  test('of single records named by the sink count as failed', async () => {
    await using harness = new Harness();
    await harness.start({ batch_size: 3 });
    harness.system.answer = () => [{ index: 1, error: bad }];

    await harness.deliver('a', 'b', 'c');

    assert.deepEqual(harness.outcomes, ['success', 'failed', 'success']);
  });

  test('outside the contract are retried', async () => {
    await using harness = new Harness();
    await harness.start();
    harness.system.answer = ({ attempt }) => {
      if (attempt === 1) throw new TypeError('a bug');
    };

    await harness.deliver('a');
    await harness.clock.pass(1000);

    assert.deepEqual(harness.outcomes, ['success']);
  });

  test('of the encoding are counted and leave no bytes behind', async () => {
    await using harness = new Harness();
    await harness.start();

    await harness.deliver('a', 'unencodable', 'b');

    assert.deepEqual(harness.system.delivered, ['a', 'b']);
    assert.deepEqual(harness.outcomes.toSorted(), ['failed', 'success', 'success']);
    assertBalanced(harness.metrics);
  });

  test('of the link stop all writing until it was looked at', async () => {
    await using harness = new Harness();
    await harness.start();
    const down = new NotConnectedError('FAKE_DOWN', 'the target is down');
    harness.system.answer = () => Promise.reject(down);
    harness.system.checkError = down;
    harness.system.connectError = down;

    await harness.deliver('a', 'b');
    await harness.clock.pass(20_000);
    assert.equal(harness.system.writes.length, 1);
    assert.equal(harness.status, 'disconnected');
    harness.system.answer = () => undefined;
    harness.system.checkError = undefined;
    harness.system.connectError = undefined;
    await harness.clock.pass(15_000);

    assert.deepEqual(harness.system.delivered, ['a', 'b']);
    assert.equal(harness.status, 'connected');
  });
});

suite('expiry', () => {
  test('ends queued records while nothing is sent', async () => {
    await using harness = new Harness();
    harness.system.connectError = busy;
    await harness.start({ request_ttl: 2000 });

    await harness.deliver('a', 'b');
    await harness.clock.pass(1900);
    assert.equal(harness.metrics['dropped.expired'], 0);
    await harness.clock.pass(200);

    assert.equal(harness.metrics['dropped.expired'], 2);
    assert.equal(harness.metrics.queuing, 0);
  });

  test('counts a record in a running call as late, aborts the call and lets the lane go on', async () => {
    await using harness = new Harness();
    await harness.start({ request_ttl: 2000 });
    harness.system.answer = (write) => (write.texts[0] === 'a' ? untilAborted(write) : undefined);

    await harness.deliver('a');
    await harness.clock.pass(1500);
    await harness.deliver('b');
    await harness.clock.pass(600);

    assert.equal(harness.metrics.late_reply, 1);
    assert.deepEqual(harness.system.delivered, ['b']);
    assert.deepEqual(harness.outcomes, ['late_reply', 'success']);
  });

  test('does not wait for ever for a call that ignores its abort', async () => {
    await using harness = new Harness();
    await harness.start({ request_ttl: 10_000 });
    harness.system.answer = (write) => (write.texts[0] === 'a' ? never() : undefined);

    await harness.deliver('a');
    await harness.clock.pass(9000);
    await harness.deliver('b');
    await harness.clock.pass(7000);

    assert.deepEqual(harness.system.delivered, ['b']);
    assert.equal(harness.metrics.late_reply, 1);
  });

  test('ends what waits for a retry as expired', async () => {
    await using harness = new Harness();
    await harness.start({ request_ttl: 3000 });
    harness.system.answer = () => Promise.reject(busy);

    await harness.deliver('a');
    await harness.clock.pass(4000);

    assert.deepEqual(harness.outcomes, ['expired']);
  });
});

suite('overflow', () => {
  for (const mode of ['memory_only', 'durable'] as const) {
    test(`drops the oldest queued records first and counts them exactly (${mode})`, async () => {
      await using harness = new Harness();
      harness.system.connectError = busy;
      await harness.start({ buffer_mode: mode, max_buffer_bytes: 10 * 112, request_ttl: Infinity });
      const text = (index: number) => String(index).padStart(100, '0');

      for (let index = 0; index < 25; index++) await harness.deliver(text(index));
      assert.equal(harness.metrics['dropped.queue_full'], 15);
      harness.system.connectError = undefined;
      await harness.clock.pass(20_000);

      assert.deepEqual(harness.system.delivered.map(Number), [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
      assert.equal(harness.metrics.matched, 25);
      const dropped = harness.events.find((event) => event.kind === 'records_dropped');
      assert.equal(dropped?.limit, 'actions.fake.a.resource_opts.max_buffer_bytes');
    });
  }

  test('of the node makes a growing memory buffer drop its own oldest', async () => {
    await using harness = new Harness({ nodeBudgetBytes: 200_000 });
    harness.system.connectError = busy;
    await harness.start({ buffer_mode: 'memory_only', request_ttl: Infinity });

    for (let index = 0; index < 30; index++) await harness.deliver('x'.repeat(40_000));

    assert.ok(harness.metrics['dropped.queue_full'] > 0);
    assertBalanced(harness.metrics);
  });
});
