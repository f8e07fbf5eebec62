import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { ResourceOptions } from '@millrace/contract';
import type { ActionMetrics, ActionPort } from '../ports.ts';
import { FakeSystem, silentLog } from '../testing/fake-connector.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ResourceManager } from './manager.ts';

suite('resource manager', () => {
  let dataDir: string;
  let clock: ManualClock;
  let system: FakeSystem;
  let manager: ResourceManager;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'resource-'));
    clock = new ManualClock();
    system = new FakeSystem();
    manager = newManager();
  });

  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  function newManager(): ResourceManager {
    return new ResourceManager({
      definitions: [system.definition],
      node: 'n',
      dataDir,
      log: silentLog,
      clock,
      random: () => 0.5,
    });
  }

  async function startAction(options: ResourceOptions = {}): Promise<ActionPort> {
    await manager.putConnector('fake', 'c', {});
    await manager.putAction('fake', 'a', { connector: 'c', parameters: {}, resource_opts: options });
    await clock.turn();
    return manager.action('fake:a')!;
  }

  function send(port: ActionPort, ...texts: string[]) {
    return texts.map((text) => port.submit({ text }, { clientId: 'client', topic: 't' }));
  }

  for (const mode of ['memory_only', 'volatile_offload', 'durable'] as const) {
    test(`delivers in order and counts (${mode})`, async () => {
      const port = await startAction({ buffer_mode: mode, batch_size: 3 });

      send(port, 'a', 'b', 'c', 'd');
      await clock.turn();

      assert.deepEqual(system.delivered, ['a', 'b', 'c', 'd']);
      const metrics = manager.metrics('fake:a');
      assert.equal(metrics.matched, 4);
      assert.equal(metrics.success, 4);
      assertBalanced(metrics);
    });
  }

  test('opens the gate of a durable record only at the group commit', async () => {
    const port = await startAction();

    const [first, second] = send(port, 'a', 'b');

    assert.equal(first?.isOpen, false);
    assert.equal(first, second);
    manager.commit();
    assert.equal(first?.isOpen, true);
  });

  test('delivers after a restart what was acknowledged before a crash, and keeps the counters', async () => {
    let port = await startAction();
    send(port, 'a', 'b');
    await clock.turn();
    system.answer = () => new Promise(() => undefined);
    send(port, 'c', 'd');
    manager.commit();

    system = new FakeSystem();
    manager = newManager();
    port = await startAction();
    await clock.turn();

    assert.deepEqual(system.delivered, ['c', 'd']);
    assert.equal(manager.metrics('fake:a').matched, 4);
    assert.equal(manager.metrics('fake:a').success, 4);
    assert.equal(port.isEnabled, true);
  });
});

export function assertBalanced(metrics: ActionMetrics): void {
  const { success, failed, inflight, queuing, late_reply: late, dropped } = metrics;
  assert.equal(metrics.matched, success + failed + inflight + queuing + late + dropped);
}
