import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TopicAnswer, TopicDirectory } from './topics.ts';

const SETTINGS = { minRefreshMs: 3000, createTimeoutMs: 5000, mayCreate: false };

test('a topic is asked for once, by callers together', async () => {
  const cluster = fake([{ errorCode: 0, leaders: [1, 2] }]);

  const [one, two] = await Promise.all([cluster.directory.find('t'), cluster.directory.find('t')]);

  assert.equal(one, two);
  assert.deepEqual(one.lanes, ['t-0', 't-1']);
  assert.equal(cluster.directory.known('t'), one);
  assert.equal(cluster.asked(), 1);
});

test('moved leaders are asked for, but not too often', async () => {
  const cluster = fake([
    { errorCode: 0, leaders: [1] },
    { errorCode: 0, leaders: [2] },
  ]);
  const topic = await cluster.directory.current('t');

  cluster.directory.invalidate('t');
  await assert.rejects(cluster.directory.current('t'), { code: 'KAFKA_NO_LEADER', retryAfterMs: 3000 });
  cluster.pass(3000);
  const again = await cluster.directory.current('t');

  assert.equal(again, topic);
  assert.deepEqual(again.leaders, [2]);
});

test('added partitions become lanes', async () => {
  const cluster = fake([
    { errorCode: 0, leaders: [1] },
    { errorCode: 0, leaders: [1, 1, 1] },
  ]);
  const topic = await cluster.directory.find('t');

  cluster.pass(60_000);
  await cluster.directory.refresh('t');

  assert.deepEqual(topic.lanes, ['t-0', 't-1', 't-2']);
});

test('an unknown topic is remembered for 30 seconds', async () => {
  const cluster = fake([
    { errorCode: 3, leaders: [] },
    { errorCode: 0, leaders: [1] },
  ]);

  await assert.rejects(cluster.directory.find('t'), { code: 'KAFKA_UNKNOWN_TOPIC', recoverable: false });
  await assert.rejects(cluster.directory.find('t'), { code: 'KAFKA_UNKNOWN_TOPIC' });
  assert.equal(cluster.asked(), 1);

  cluster.pass(30_000);
  assert.equal((await cluster.directory.find('t')).lanes.length, 1);
});

test('an operator’s topic is looked for again at each check', async () => {
  const cluster = fake([
    { errorCode: 3, leaders: [] },
    { errorCode: 0, leaders: [1] },
  ]);
  await assert.rejects(cluster.directory.recheck('t'), { code: 'KAFKA_UNKNOWN_TOPIC' });

  assert.equal((await cluster.directory.recheck('t')).lanes.length, 1);
});

test('a topic that is being created is waited for', async () => {
  const cluster = fake(
    [
      { errorCode: 3, leaders: [] },
      { errorCode: 5, leaders: [] },
      { errorCode: 0, leaders: [1] },
    ],
    {
      mayCreate: true,
    },
  );

  assert.equal((await cluster.directory.find('t')).lanes.length, 1);
});

test('other answers say what to do', async () => {
  for (const [errorCode, expected] of [
    [17, { code: 'KAFKA_INVALID_TOPIC', recoverable: false }],
    [29, { code: 'KAFKA_NOT_AUTHORIZED', recoverable: true }],
    [5, { code: 'KAFKA_METADATA_FAILED', recoverable: true }],
  ] as const) {
    await assert.rejects(fake([{ errorCode, leaders: [] }]).directory.find('t'), expected);
  }
});

function fake(answers: readonly TopicAnswer[], settings: Partial<typeof SETTINGS> = {}) {
  let asked = 0;
  let now = 1_000_000;
  const ask = async (): Promise<TopicAnswer> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer ?? { errorCode: 0, leaders: [] };
  };
  const directory = new TopicDirectory(ask, { ...SETTINGS, ...settings }, () => now);
  return { directory, asked: () => asked, pass: (milliseconds: number) => (now += milliseconds) };
}
