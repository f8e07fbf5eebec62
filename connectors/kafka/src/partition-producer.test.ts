import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncodedRecord } from '@millrace/contract';
import { crc32c } from '@node-rs/crc32';
import { compressionsAlgorithms, Reader, readRecordsBatch } from '@platformatic/kafka';
import { encodeAll, sinkWith } from '../test/fixtures.ts';
import type { ProduceBatch } from './broker-connection.ts';
import { BufferPool } from './buffer-pool.ts';
import { PartitionProducer } from './partition-producer.ts';
import { ProducerId } from './producer-id.ts';

const never = new AbortController().signal;

test('batches leave in order, at most five at a time', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const sends = Array.from({ length: 7 }, (_, index) => producer.send(batch(`b${index}`), never));

  await settle();
  assert.deepEqual(broker.sent(), ['0/1 b0', '0/2 b1', '0/3 b2', '0/4 b3', '0/5 b4']);

  for (let index = 0; index < 7; index += 1) await broker.answer(0);
  await Promise.all(sends);
  assert.deepEqual(broker.sent().slice(5), ['0/6 b5', '0/7 b6']);
});

test('when one fails all later ones fail, even if the broker took them, and repeat with their numbers', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const batches = ['a', 'b', 'c'].map((name) => batch(name));
  const first = batches.map((each) => outcome(producer.send(each, never)));
  await settle();

  await broker.answer(20);
  await broker.answer(0);
  const late = await outcome(producer.send(batch('late'), never));
  await broker.answer(45);

  assert.deepEqual(await Promise.all(first), [
    'KAFKA_BROKER_ERROR',
    'KAFKA_EARLIER_BATCH_FAILED',
    'KAFKA_EARLIER_BATCH_FAILED',
  ]);
  assert.equal(late, 'KAFKA_EARLIER_BATCH_FAILED');

  const again = batches.map((each) => outcome(producer.send(each, never)));
  await settle();
  for (const _ of batches) await broker.answer(0);
  assert.deepEqual(await Promise.all(again), ['ok', 'ok', 'ok']);
  assert.deepEqual(broker.sent(), ['0/1 a', '0/2 b', '0/3 c', '0/1 a', '0/2 b', '0/3 c']);
});

test('batches put together differently begin a new epoch', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const failed = [outcome(producer.send(batch('a', 'b'), never)), outcome(producer.send(batch('c'), never))];
  await settle();
  await broker.answer(7);
  await broker.answer(7);
  await Promise.all(failed);

  const again = [producer.send(batch('a'), never), producer.send(batch('b', 'c'), never)];
  await settle();
  await broker.answer(0);
  await broker.answer(0);
  await Promise.all(again);

  assert.deepEqual(broker.sent().slice(2), ['1/0 a', '1/1 b,c']);
});

test('a broker that lost count gets a new epoch', async () => {
  for (const code of [45, 59, 47]) {
    const broker = new FakeBroker();
    const producer = producerTo(broker);
    const failed = outcome(producer.send(batch('a'), never));
    await settle();
    await broker.answer(code);
    assert.equal(await failed, 'KAFKA_BROKER_ERROR');

    const again = producer.send(batch('a'), never);
    await settle();
    await broker.answer(0);
    await again;
    assert.deepEqual(broker.sent(), ['0/0 a', '1/0 a']);
  }
});

test('a refused batch lets its parts go first', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const both = [outcome(producer.send(batch('a', 'b'), never)), outcome(producer.send(batch('c'), never))];
  await settle();
  await broker.answer(10);
  await broker.answer(45);

  assert.deepEqual(await Promise.all(both), ['KAFKA_TOO_LARGE', 'KAFKA_EARLIER_BATCH_FAILED']);

  const part = producer.send(batch('a'), never);
  await settle();
  await broker.answer(0);
  await part;
  assert.deepEqual(broker.sent().slice(2), ['1/0 a']);
});

test('a lost connection fails what is on it; the repetition keeps the numbers', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const batches = [batch('a'), batch('b')];
  const failed = batches.map((each) => outcome(producer.send(each, never)));
  await settle();
  broker.lose();
  assert.deepEqual(await Promise.all(failed), ['lost', 'KAFKA_EARLIER_BATCH_FAILED']);

  const again = batches.map((each) => producer.send(each, never));
  await settle();
  await broker.answer(46);
  await broker.answer(0);
  await Promise.all(again);
  assert.deepEqual(broker.sent().slice(2), ['0/1 a', '0/2 b']);
});

test('what the broker has stored before its connection broke is not sent again', async () => {
  const broker = new FakeBroker();
  const producer = await established(broker);
  const batches = [batch('a', 'b'), batch('c'), batch('d')];
  const failed = batches.map((each) => outcome(producer.send(each, never)));
  await settle();
  broker.lose();
  await Promise.all(failed);
  broker.stored = 3;

  const again = batches.map((each) => outcome(producer.send(each, never)));
  await settle();
  await broker.answer(0);

  assert.deepEqual(await Promise.all(again), ['ok', 'ok', 'ok']);
  assert.deepEqual(broker.sent().slice(3), ['0/4 d']);
});

test('no leader fails what waits behind as well', async () => {
  const broker = new FakeBroker();
  broker.leaderError = Object.assign(new Error('none'), { code: 'KAFKA_NO_LEADER' });
  const producer = producerTo(broker);

  const outcomes = await Promise.all([
    outcome(producer.send(batch('a'), never)),
    outcome(producer.send(batch('b'), never)),
  ]);

  assert.deepEqual(outcomes, ['KAFKA_NO_LEADER', 'KAFKA_EARLIER_BATCH_FAILED']);
});

test('an abort ends the wait for an answer', async () => {
  const broker = new FakeBroker();
  const producer = producerTo(broker);
  const controller = new AbortController();
  const aborted = outcome(producer.send(batch('a'), controller.signal));
  await settle();

  controller.abort();

  assert.equal(await aborted, 'KAFKA_ABORTED');
});

test('without a producer id batches go one at a time and unnumbered', async () => {
  const broker = new FakeBroker();
  broker.identity = undefined;
  const producer = producerTo(broker);
  const sends = [producer.send(batch('a'), never), producer.send(batch('b'), never)];
  await settle();
  assert.deepEqual(broker.sent(), ['-1/-1 a']);

  await broker.answer(0);
  await settle();
  await broker.answer(0);
  await Promise.all(sends);
  assert.deepEqual(broker.sent(), ['-1/-1 a', '-1/-1 b']);
});

test('without numbers nothing overtakes a failure', async () => {
  const broker = new FakeBroker();
  broker.identity = undefined;
  const producer = producerTo(broker);
  const both = [outcome(producer.send(batch('a'), never)), outcome(producer.send(batch('b'), never))];
  await settle();

  await broker.answer(19);

  assert.deepEqual(await Promise.all(both), ['KAFKA_BROKER_ERROR', 'KAFKA_EARLIER_BATCH_FAILED']);
  assert.deepEqual(broker.sent(), ['-1/-1 a']);
});

test('an answer that comes after the abort changes nothing', async () => {
  const broker = new FakeBroker();
  const producer = producerTo(broker);
  const controller = new AbortController();
  const aborted = outcome(producer.send(batch('a'), controller.signal));
  await settle();
  controller.abort();
  await aborted;
  await broker.answer(0);

  const again = producer.send(batch('a'), never);
  await settle();
  await broker.answer(0);
  await again;
  const next = producer.send(batch('b'), never);
  await settle();
  await broker.answer(0);
  await next;

  assert.deepEqual(broker.sent(), ['0/0 a', '0/0 a', '0/1 b']);
});

test('the first batch of a producer id goes alone: the broker would take any number', async () => {
  const broker = new FakeBroker();
  const producer = producerTo(broker);
  const both = [outcome(producer.send(batch('a'), never)), outcome(producer.send(batch('b'), never))];
  await settle();
  assert.deepEqual(broker.sent(), ['0/0 a']);

  await broker.answer(87);

  assert.deepEqual(await Promise.all(both), ['KAFKA_REJECTED', 'KAFKA_EARLIER_BATCH_FAILED']);
  assert.deepEqual(broker.sent(), ['0/0 a']);
});

test('acks = none does not wait and does not number', async () => {
  const broker = new FakeBroker();
  const producer = producerTo(broker, { acks: 0 });
  const sends = Array.from({ length: 8 }, (_, index) => producer.send(batch(String(index)), never));
  await settle();

  assert.equal(broker.sent().length, 8);
  assert.match(broker.sent()[0] ?? '', /^-1\/-1/);
  for (const _ of sends) await broker.answer(0);
  await Promise.all(sends);
});

test('compressed batches keep their order and can be read', async () => {
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const broker = new FakeBroker();
    const producer = await established(broker, { compression });
    const sends = [producer.send(batch('x'.repeat(100_000)), never), producer.send(batch('y'), never)];
    while (broker.sent().length < 2) await settle();
    await broker.answer(0);
    await broker.answer(0);
    await Promise.all(sends);

    assert.deepEqual(broker.sent(), [`0/1 ${'x'.repeat(100_000)}`, '0/2 y'], compression);
  }
});

class FakeBroker {
  identity: { id: bigint; epoch: number } | undefined = { id: 9n, epoch: 0 };
  leaderError: Error | undefined;
  /** Last number it says it has. */
  stored: number | undefined;
  readonly #sent: string[] = [];
  readonly #waiting: PromiseWithResolvers<{ errorCode: number; message: undefined; throttleMs: number }>[] = [];

  /** `epoch/first sequence values` of each request. */
  sent(): readonly string[] {
    return this.#sent;
  }

  forget(): void {
    this.#sent.length = 0;
  }

  produce({ bytes }: ProduceBatch) {
    const { producerEpoch, firstSequence, records } = readRecordsBatch(Reader.from(Buffer.from(bytes)));
    this.#sent.push(`${producerEpoch}/${firstSequence} ${records.map(({ value }) => String(value)).join()}`);
    const answer = Promise.withResolvers<{ errorCode: number; message: undefined; throttleMs: number }>();
    this.#waiting.push(answer);
    return answer.promise;
  }

  async storedSequence(): Promise<number | undefined> {
    return this.stored;
  }

  quiet(): undefined {
    return undefined;
  }

  async answer(errorCode: number): Promise<void> {
    this.#waiting.shift()?.resolve({ errorCode, message: undefined, throttleMs: 0 });
    await settle();
  }

  lose(): void {
    for (const answer of this.#waiting.splice(0)) answer.reject(Object.assign(new Error('lost'), { code: 'lost' }));
  }
}

/** One that has stored a batch of one record already. */
async function established(
  broker: FakeBroker,
  settings: Parameters<typeof producerTo>[1] = {},
): Promise<PartitionProducer> {
  const producer = producerTo(broker, settings);
  const first = producer.send(batch('first'), never);
  while (broker.sent().length === 0) await settle();
  await broker.answer(0);
  await first;
  broker.forget();
  return producer;
}

function producerTo(
  broker: FakeBroker,
  settings: { acks?: -1 | 0 | 1; compression?: 'gzip' | 'snappy' | 'lz4' | 'zstd' } = {},
) {
  const client = {
    library: { compressionsAlgorithms },
    crc32c: (bytes: Uint8Array) => crc32c(bytes),
    leader: async () => {
      if (broker.leaderError !== undefined) throw broker.leaderError;
      return broker;
    },
    topics: { invalidate: () => undefined },
  };
  return new PartitionProducer(
    client as never,
    {
      acks: -1,
      compression: 'no_compression',
      producerId: new ProducerId(async () => broker.identity),
      pool: new BufferPool(2),
      ...settings,
    },
    't',
    0,
  );
}

function batch(...values: string[]): EncodedRecord[] {
  return encodeAll(
    sinkWith({ topic: 't', message: { value: '${v}' } }),
    values.map((v) => ({ v, timestamp: 1000 })),
  );
}

async function outcome(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
