import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ResourceOptions, SinkDelivery } from '@millrace/contract';
import { seededRandom } from '../testing/random.ts';
import { isAcknowledged, Simulation } from '../testing/simulation.ts';

/** More of them now and then: SEEDS=500 node --test … */
const SEEDS = Number(process.env['SEEDS'] ?? 4);
const STEPS = 100;

type Step = (simulation: Simulation) => void | Promise<void>;

/** Operations with their weights. */
const ordinary: readonly (readonly [number, Step])[] = [
  [50, (simulation) => simulation.submit()],
  [8, (simulation) => simulation.commit()],
  [15, (simulation) => simulation.turn()],
  [8, (simulation) => simulation.pass()],
  [6, (simulation) => simulation.setMood()],
  [2, (simulation) => simulation.loseLink()],
  [2, (simulation) => simulation.edit()],
];
const crash: readonly [number, Step] = [2, (simulation) => simulation.crash()];
const reset: readonly [number, Step] = [2, (simulation) => simulation.resetMetrics()];

suite('random operations against a model', () => {
  const sizes: readonly ResourceOptions[] = [
    { batch_size: 1 },
    { batch_size: 4 },
    { batch_size: 4, batch_time: 50, buffer_seg_bytes: 4096 },
  ];

  for (const options of sizes) {
    everySeed(`loses nothing that was acknowledged, over crashes (${JSON.stringify(options)})`, async (seed) => {
      const simulation = await run(seed, options, [...ordinary, crash]);

      await simulation.settle();

      const delivered = new Set(simulation.delivered);
      for (const { text, gate } of simulation.sent) {
        if (gate?.isOpen === true && !text.includes('!'))
          assert.ok(delivered.has(text), `${text} was acknowledged and is lost`);
      }
      const { matched, success, failed } = simulation.metrics;
      assert.equal(success + failed, matched);
      await simulation.end();
    });
  }

  everySeed('counts every record of every life', async (seed) => {
    const simulation = await run(seed, { batch_size: 3 }, [...ordinary, crash]);

    await simulation.settle();

    assert.equal(simulation.metrics.matched, simulation.sent.filter(isAcknowledged).length);
    await simulation.end();
  });

  for (const mode of ['memory_only', 'volatile_offload', 'durable'] as const) {
    everySeed(`gives every record one outcome under a small budget and a short life (${mode})`, async (seed) => {
      const options = { batch_size: 3, buffer_mode: mode, max_buffer_bytes: 1500, request_ttl: 4000 };
      const simulation = await run(seed, options, ordinary);

      await simulation.settle();

      const { metrics } = simulation;
      const count = (outcome: string) => simulation.sent.filter((record) => record.outcome === outcome).length;
      assert.equal(metrics.success, count('success'));
      assert.equal(metrics.failed, count('failed'));
      assert.equal(metrics['dropped.expired'], count('expired'));
      assert.equal(metrics['dropped.queue_full'], count('queue_full'));
      assert.equal(metrics.late_reply, count('late_reply'));
      assert.equal(metrics.matched, simulation.sent.length);
      await simulation.end();
    });
  }

  everySeed('stays balanced when counters are reset', async (seed) => {
    const simulation = await run(seed, { batch_size: 3, buffer_seg_bytes: 4096 }, [...ordinary, crash, reset]);

    await simulation.settle();

    await simulation.end();
  });

  everySeed('keeps order with several calls of a lane in flight when the sink does', async (seed) => {
    const simulation = await run(seed, { batch_size: 2, worker_pool_size: 2 }, [...ordinary, crash], {
      pipelined: true,
      maxInflight: 3,
    });

    await simulation.settle();

    const { matched, success, failed } = simulation.metrics;
    assert.equal(success + failed, matched);
    await simulation.end();
  });

  everySeed('keeps the books with several calls in flight', async (seed) => {
    const simulation = await run(
      seed,
      { batch_size: 2, inflight_window: 3, ordering: 'none' },
      [...ordinary, crash],
      {},
      false,
    );

    await simulation.settle();

    assert.equal(simulation.metrics.matched, simulation.metrics.success + simulation.metrics.failed);
    await simulation.end();
  });
});

function everySeed(name: string, body: (seed: number) => Promise<void>): void {
  test(name, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        await body(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
}

async function run(
  seed: number,
  options: ResourceOptions,
  steps: readonly (readonly [number, Step])[],
  delivery: Partial<SinkDelivery> = {},
  isOrdered = true,
): Promise<Simulation> {
  const random = seededRandom(seed);
  const simulation = new Simulation(random, options, delivery);
  const total = steps.reduce((sum, [weight]) => sum + weight, 0);
  await simulation.start();
  for (let index = 0; index < STEPS; index++) {
    await choose(steps, random() * total)(simulation);
    simulation.check(isOrdered);
  }
  return simulation;
}

function choose(steps: readonly (readonly [number, Step])[], at: number): Step {
  let left = at;
  for (const [weight, step] of steps) {
    left -= weight;
    if (left < 0) return step;
  }
  return steps[0]![1];
}
