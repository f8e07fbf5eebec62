import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryError, RecoverableError } from '@millrace/contract';
import { eventually } from '../eventually.ts';
import type { SuiteBench } from './bench.ts';
import type { Capability, SuiteTarget } from './options.ts';
import { patience, type SinkDriver } from './sink-driver.ts';

/** Link and sink by themselves, driven by hand. */
export function linkTests<T extends SuiteTarget>(
  bench: () => SuiteBench<T>,
  skip: (capability: Capability) => { skip?: string },
): void {
  test('opens and closes twice', async () => {
    const driver = bench().driver();
    await driver.link.close();

    for (let round = 0; round < 2; round += 1) {
      await driver.open();
      await driver.link.check(patience());
      await driver.link.close();
      await driver.link.close();
    }
    await driver[Symbol.asyncDispose]();
  });

  test('connecting to a system that is away fails with a reason', async () => {
    await using driver = bench().driver(await bench().awayConnector());

    await assert.rejects(driver.link.connect(patience()), isClassified);
    await assert.rejects(driver.link.check(patience()), isClassified);
  });

  test('connecting obeys its signal', async () => {
    await using driver = bench().driver();

    const started = performance.now();
    await driver.link.connect(AbortSignal.abort()).catch((error: unknown) => isClassified(error));

    assert.ok(performance.now() - started < 1000);
  });

  test('a check fails with a reason once the system has gone', skip('be cut off'), async () => {
    await using driver = await bench().driver().open();

    await bench().proxy?.takeDown();
    await assert.rejects(eventuallyFails(driver), isClassified);
    await bench().proxy?.set({ kind: 'pass' });

    await driver.open();
    await driver.link.check(patience());
  });

  test('what was written can be read back, in order', async () => {
    await using driver = await bench().driver().open();
    const numbers = bench().numbers(25);

    const rejections = await driver.write(numbers.map((n) => bench().options.output(n)));

    assert.deepEqual(rejections, []);
    assert.deepEqual(await eventuallyFound(bench(), numbers), numbers);
  });

  test('a refused record is named and the others are taken', skip('refuse one record'), async () => {
    const { options } = bench();
    await using driver = await bench().driver().open();
    const [first, bad, last] = bench().numbers(3) as [number, number, number];
    assert.ok(options.refusedOutput !== undefined, 'give the option `refusedOutput`, or declare it');

    const rejections = await driver.write([options.output(first), options.refusedOutput(bad), options.output(last)]);

    assert.deepEqual(
      rejections.map(({ index }) => index),
      [1],
    );
    for (const { error } of rejections) isClassified(error);
    assert.deepEqual(await eventuallyFound(bench(), [first, last]), [first, last]);
  });

  test('an aborted write ends within a second and may be repeated', skip('be aborted'), async () => {
    await using driver = await bench().driver().open();
    const numbers = bench().numbers(1);
    const block = await bench().block();

    const started = performance.now();
    await assert.rejects(
      driver.write(
        numbers.map((n) => bench().options.output(n)),
        patience(200),
      ),
      isRecoverable,
    );
    assert.ok(performance.now() - started < 1200);
    await block[Symbol.asyncDispose]();

    await driver.open();
    await driver.write(numbers.map((n) => bench().options.output(n)));
    assert.ok((await eventuallyFound(bench(), numbers)).length > 0);
  });

  test(
    'closes cleanly under load: every write settles, and none that failed counts as taken',
    skip('be aborted'),
    async () => {
      const driver = await bench().driver().open();
      const block = await bench().block();
      const writes = bench()
        .numbers(5)
        .map((n) => driver.write([bench().options.output(n)]));
      const settled = Promise.allSettled(writes);

      const started = performance.now();
      await driver[Symbol.asyncDispose]();
      const results = await settled;
      assert.ok(performance.now() - started < 5000);
      await block[Symbol.asyncDispose]();

      for (const result of results) if (result.status === 'rejected') isRecoverable(result.reason);
    },
  );
}

/** Every error has a class, a public code and a message. */
export function isClassified(error: unknown): true {
  assert.ok(error instanceof DeliveryError, `not classified: ${String(error)}`);
  assert.match(error.code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
  assert.ok(error.message.length > 0);
  return true;
}

function isRecoverable(error: unknown): true {
  isClassified(error);
  assert.ok(error instanceof RecoverableError, `not recoverable: ${String(error)}`);
  return true;
}

async function eventuallyFails(driver: SinkDriver): Promise<void> {
  let failure: unknown;
  await eventually(async () => {
    await driver.link.check(patience()).catch((error: unknown) => (failure = error));
    return failure !== undefined;
  });
  throw failure;
}

/** The numbers once all of them have arrived: some systems show what they took only a little later. */
async function eventuallyFound<T extends SuiteTarget>(
  bench: SuiteBench<T>,
  numbers: readonly number[],
): Promise<readonly number[]> {
  let found: readonly number[] = [];
  await eventually(
    async () => {
      found = await bench.found(numbers);
      return new Set(found).size === numbers.length;
    },
    { what: `${numbers.length} records in the system` },
  );
  return found;
}
