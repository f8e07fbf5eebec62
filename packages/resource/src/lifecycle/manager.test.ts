import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { NotConnectedError, RecoverableError, UnhealthyTargetError } from '@millrace/contract';
import { assertBalanced } from '../testing/balance.ts';
import { Harness } from '../testing/harness.ts';

const refused = new RecoverableError('FAKE_REFUSED', 'connection refused by 127.0.0.1:1');
const unknownTable = new UnhealthyTargetError('FAKE_NO_TABLE', 'table `t` does not exist; create it');

suite('delivery', () => {
  for (const mode of ['memory_only', 'volatile_offload', 'durable'] as const) {
    test(`is in order and counted (${mode})`, async () => {
      await using harness = new Harness();
      await harness.start({ buffer_mode: mode, batch_size: 3 });

      await harness.deliver('a', 'b', 'c', 'd');

      assert.deepEqual(harness.system.delivered, ['a', 'b', 'c', 'd']);
      assert.equal(harness.metrics.matched, 4);
      assert.equal(harness.metrics.success, 4);
      assert.deepEqual(harness.outcomes, ['success', 'success', 'success', 'success']);
      assertBalanced(harness.metrics);
    });
  }

  test('opens the gate of durable records at the group commit', async () => {
    await using harness = new Harness();
    await harness.start();

    const [first, second] = harness.send('a', 'b');

    assert.equal(first?.isOpen, false);
    assert.equal(first, second);
    harness.manager.commit();
    assert.equal(first?.isOpen, true);
  });

  test('without durability has nothing to wait for', async () => {
    await using harness = new Harness();
    await harness.start({ buffer_mode: 'memory_only' });

    assert.deepEqual(harness.send('a'), [undefined]);
  });

  test('in sync mode opens the gate of each record with its outcome', async () => {
    await using harness = new Harness();
    let release = () => {};
    await harness.start({ query_mode: 'sync' });
    harness.system.answer = () => new Promise((resolve) => (release = resolve));

    const [gate] = harness.send('a');
    await harness.clock.turn();
    assert.equal(gate?.isOpen, false);
    release();
    await harness.clock.turn();

    assert.equal(gate?.isOpen, true);
  });

  test('commits by itself at the end of a turn', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start();

    const [gate] = harness.send('a');
    await harness.clock.turn();

    assert.equal(gate?.isOpen, true);
    assert.equal(harness.metrics.queuing, 1);
  });
});

suite('connector', () => {
  test('says why it is not connected and comes back by itself', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start();
    const view = () => harness.manager.connectors()[0]!;
    assert.equal(view().status, 'disconnected');
    assert.equal(view().statusReason, refused.message);

    harness.system.connectError = undefined;
    await harness.clock.pass(1000);

    assert.equal(view().status, 'connected');
    assert.equal(view().statusReason, '');
    assert.deepEqual(
      harness.events
        .filter((event) => event.kind === 'status_changed' && event.id === 'connector:fake:c')
        .map((event) => event.kind === 'status_changed' && event.status),
      ['connecting', 'disconnected', 'connected'],
    );
  });

  test('tells of every status of its actions too', async () => {
    await using harness = new Harness();
    harness.system.prepareError = unknownTable;
    await harness.start();
    harness.system.prepareError = undefined;
    await harness.clock.pass(15_000);
    await harness.manager.putConnector('fake', 'c', { enable: false });

    const told = harness.events.flatMap((event) =>
      event.kind === 'status_changed' && event.id.startsWith('action:fake:a:connector:fake:c') ? [event.status] : [],
    );
    assert.deepEqual(told, ['disconnected', 'connected', 'stopped']);
  });

  test('never waits longer than its health check interval', async () => {
    await using harness = new Harness({ random: () => 0.999 });
    harness.system.connectError = refused;
    await harness.start();

    await harness.clock.pass(10 * 60_000);
    const before = harness.system.connects;
    await harness.clock.pass(150_000);

    assert.ok(harness.system.connects - before >= 10);
  });

  test('reacts to a lost link at once', async () => {
    await using harness = new Harness();
    await harness.start();
    await harness.clock.pass(6000);

    harness.system.contexts[0]!.lost(new NotConnectedError('FAKE_LOST', 'the link was cut'));
    await harness.clock.turn();

    assert.equal(harness.system.connects, 2);
    assert.equal(harness.manager.connectors()[0]!.status, 'connected');
  });

  test('is connecting, and not connected anew, while its check fails', async () => {
    await using harness = new Harness();
    await harness.start();

    harness.system.checkError = refused;
    await harness.clock.pass(15_000);

    assert.equal(harness.manager.connectors()[0]!.status, 'connecting');
    assert.equal(harness.system.connects, 1);
  });

  test('takes a check without an answer for a failed one', async () => {
    await using harness = new Harness();
    await harness.manager.putConnector('fake', 'c', { resource_opts: { health_check_timeout: 1000 } });
    await harness.clock.turn();

    harness.system.check = () => new Promise(() => undefined);
    await harness.clock.pass(18_000);

    assert.match(harness.manager.connectors()[0]!.statusReason, /no answer within 1000 ms/);
  });

  test('that is disabled drops new records and keeps durable ones', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start();
    await harness.deliver('a', 'b');

    await harness.manager.putConnector('fake', 'c', { enable: false });
    await harness.deliver('c');
    assert.equal(harness.status, 'stopped');
    assert.equal(harness.metrics['dropped.resource_stopped'], 1);
    harness.system.connectError = undefined;
    await harness.manager.putConnector('fake', 'c', { enable: true });
    await harness.clock.turn();

    assert.deepEqual(harness.system.delivered, ['a', 'b']);
    assertBalanced(harness.metrics);
  });

  test('that is disabled drops what memory holds', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start({ buffer_mode: 'memory_only' });
    await harness.deliver('a', 'b');

    await harness.manager.putConnector('fake', 'c', { enable: false });
    await harness.clock.turn();

    assert.equal(harness.metrics['dropped.resource_stopped'], 2);
    assertBalanced(harness.metrics);
  });

  test('cannot be removed while an action uses it', async () => {
    await using harness = new Harness();
    await harness.start();

    await assert.rejects(harness.manager.removeConnector('fake', 'c'), {
      code: 'IN_USE',
      dependents: ['action fake:a'],
    });
    await harness.manager.removeAction('fake', 'a');
    await harness.manager.removeConnector('fake', 'c');

    assert.deepEqual(harness.manager.connectors(), []);
  });

  test('lists its actions', async () => {
    await using harness = new Harness();
    await harness.start();

    assert.deepEqual(harness.manager.connectors()[0]!.actions, ['a']);
  });
});

suite('action', () => {
  test('keeps its queue and counters when it is edited', async () => {
    await using harness = new Harness();
    await harness.start();
    await harness.deliver('a');
    harness.system.answer = () => Promise.reject(refused);
    await harness.deliver('b', 'c');
    harness.system.answer = () => undefined;

    const edited = harness.manager.putAction('fake', 'a', { connector: 'c', parameters: { table: 't2' } });
    harness.send('d');
    await harness.clock.pass(1000);
    await edited;

    assert.deepEqual(harness.system.delivered, ['a', 'b', 'c', 'd']);
    assert.equal(harness.metrics.matched, 4);
    assert.equal(harness.metrics.success, 4);
  });

  test('keeps its queue when its connector is edited', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start({ buffer_mode: 'memory_only' });
    await harness.deliver('a');
    harness.system.connectError = undefined;

    await harness.manager.putConnector('fake', 'c', { host: 'other' });
    await harness.clock.turn();

    assert.deepEqual(harness.system.delivered, ['a']);
    assert.equal(harness.system.contexts.length, 2);
  });

  test('is left alone by an edited description', async () => {
    await using harness = new Harness();
    await harness.start();

    await harness.manager.putConnector('fake', 'c', { description: 'ours' });
    await harness.manager.putAction('fake', 'a', { connector: 'c', parameters: {}, description: 'ours' });
    await harness.clock.turn();

    assert.equal(harness.system.connects, 1);
    assert.equal(harness.system.prepares, 1);
  });

  test('with a wrong destination says so, queues, and goes on when it is put right', async () => {
    await using harness = new Harness();
    harness.system.prepareError = unknownTable;
    await harness.start();
    await harness.deliver('a');
    assert.equal(harness.status, 'disconnected');
    assert.equal(harness.manager.actions()[0]!.statusReason, unknownTable.message);

    harness.system.prepareError = undefined;
    await harness.clock.pass(15_000);

    assert.equal(harness.status, 'connected');
    assert.deepEqual(harness.system.delivered, ['a']);
  });

  test('with a wrong destination drops new records that only memory would hold', async () => {
    await using harness = new Harness();
    harness.system.prepareError = unknownTable;
    await harness.start({ buffer_mode: 'memory_only' });

    await harness.deliver('a');

    assert.equal(harness.metrics['dropped.resource_stopped'], 1);
  });

  test('that is disabled discards outputs and keeps its queue', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start();
    await harness.deliver('a');

    await harness.manager.putAction('fake', 'a', { connector: 'c', parameters: {}, enable: false });
    await harness.deliver('b');
    assert.deepEqual(harness.outcomes, ['discarded']);
    assert.equal(harness.metrics.matched, 1);
    harness.system.connectError = undefined;
    await harness.manager.putAction('fake', 'a', { connector: 'c', parameters: {} });
    await harness.clock.pass(15_000);

    assert.deepEqual(harness.system.delivered, ['a']);
  });

  test('that is removed takes its files along', async () => {
    await using harness = new Harness();
    harness.system.connectError = refused;
    await harness.start();
    await harness.deliver('a');
    const { port } = harness;
    assert.equal(existsSync(join(harness.dataDir, 'buffers/fake/a')), true);

    await harness.manager.removeAction('fake', 'a');

    assert.equal(existsSync(join(harness.dataDir, 'buffers/fake/a')), false);
    assert.equal(harness.manager.action('fake:a'), undefined);
    assert.deepEqual(harness.outcomes, ['resource_not_found']);
    assert.equal(port.submit({ text: 'b' }, { clientId: 'c', topic: 't' }), undefined);
  });

  test('counts from what is still queued after a reset', async () => {
    await using harness = new Harness();
    await harness.start();
    await harness.deliver('a', 'b');
    harness.system.answer = () => Promise.reject(refused);
    await harness.deliver('c');

    harness.manager.resetMetrics('fake:a');

    assert.equal(harness.metrics.matched, 1);
    assert.equal(harness.metrics.success, 0);
    assertBalanced(harness.metrics);
  });

  test('computes rates over samples of ten seconds', async () => {
    await using harness = new Harness();
    await harness.start();

    await harness.deliver(...Array.from({ length: 50 }, () => 'x'));
    await harness.clock.pass(10_000);
    assert.equal(harness.metrics.rate, 5);
    await harness.clock.pass(10_000);

    const { rate, rate_last5m: lastFiveMinutes, rate_max: max } = harness.metrics;
    assert.deepEqual([rate, lastFiveMinutes, max], [0, 2.5, 5]);
  });

  test('sends what memory holds before the manager is closed', async () => {
    const harness = new Harness();
    await harness.start({ buffer_mode: 'memory_only', batch_size: 10, batch_time: 60_000, request_ttl: Infinity });
    await harness.deliver('a', 'b');

    await harness[Symbol.asyncDispose]();

    assert.deepEqual(harness.system.delivered, ['a', 'b']);
    assert.equal(harness.clock.timers, 0);
  });

  test('that does not end its calls nor close does not hold a shutdown up', async () => {
    const harness = new Harness();
    await harness.start({ buffer_mode: 'memory_only', request_ttl: Infinity });
    harness.system.answer = () => new Promise(() => undefined);
    harness.system.close = () => new Promise(() => undefined);
    await harness.deliver('a');
    let isClosed = false;

    const closed = harness.manager.close().then(() => (isClosed = true));
    await harness.clock.pass(9000);

    assert.equal(isClosed, true);
    await closed;
  });

  test('needs a connector of its type', async () => {
    await using harness = new Harness();

    await assert.rejects(harness.manager.putAction('fake', 'a', { connector: 'none' }), { code: 'NOT_FOUND' });
    await assert.rejects(harness.manager.putConnector('nothing', 'c', {}), { code: 'UNKNOWN_TYPE' });
    await assert.rejects(harness.manager.putConnector('fake', '../c', {}), { code: 'BAD_NAME' });
  });
});

suite('source', () => {
  async function startSource(harness: Harness): Promise<void> {
    await harness.manager.putConnector('fake', 'c', {});
    await harness.manager.putSource('fake', 's', { connector: 'c', parameters: {} });
    await harness.clock.turn();
  }

  test('reads only when it may, and counts what it hands on', async () => {
    const emitted: unknown[] = [];
    await using harness = new Harness({ emit: async (id, messages) => void emitted.push(id, ...messages) });
    await startSource(harness);
    assert.equal(harness.system.starts, 0);

    harness.manager.startSources();
    await harness.clock.turn();
    await harness.system.emit?.([{ payload: 'x' }]);

    assert.deepEqual(emitted, ['fake:s', { payload: 'x' }]);
    assert.equal(harness.manager.sourceMetrics('fake:s').received, 1);
    assert.equal(harness.manager.sources()[0]!.status, 'connected');
  });

  test('stops with its link and starts again with it', async () => {
    await using harness = new Harness();
    harness.manager.startSources();
    await startSource(harness);
    await harness.clock.pass(6000);
    assert.equal(harness.system.starts, 1);

    harness.system.contexts[0]!.lost(new NotConnectedError('FAKE_LOST', 'the link was cut'));
    await harness.clock.turn();

    assert.equal(harness.system.stops, 1);
    assert.equal(harness.system.starts, 2);
    await harness.manager.removeSource('fake', 's');
    assert.equal(harness.system.stops, 2);
  });
});

suite('probe', () => {
  test('tells what is wrong and leaves nothing open', async () => {
    await using harness = new Harness();
    await harness.start();
    const signal = AbortSignal.timeout(1000);
    harness.system.prepareError = unknownTable;

    await harness.manager.probeConnector('fake', {}, signal);
    await assert.rejects(harness.manager.probeAction('fake', { connector: 'c', parameters: {} }, signal), unknownTable);

    assert.equal(harness.system.closes, 2);
  });
});
