import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Publication } from '../delivery/publication.ts';
import { defaultRetainerSettings, type RetainerSettings } from '../settings.ts';
import { TopicEntry } from '../topic/topic-cache.ts';
import { RetainedStore } from './retained-store.ts';

const publisher = {
  clientId: 'p',
  username: undefined,
  peerHost: undefined,
  peerPort: undefined,
  protocolVersion: undefined,
  attributes: {},
};

function createStore(settings: Partial<RetainerSettings> = {}) {
  const time = { now: 1_000 };
  const store = new RetainedStore({ ...defaultRetainerSettings, ...settings }, () => time.now);
  const put = (topic: string, payload: string, messageExpiryInterval?: number) =>
    store.put(
      Publication.compose({
        entry: new TopicEntry(topic, Buffer.from(topic), 0),
        payload: Buffer.from(payload),
        qos: 1,
        retain: true,
        dup: false,
        properties: messageExpiryInterval === undefined ? undefined : { messageExpiryInterval },
        publisher,
        timestamp: time.now,
        origin: undefined,
      }),
    );
  const topics = (filter?: string) =>
    store
      .list(filter === undefined ? {} : { filter })
      .messages.map(({ topic, payload }) => `${topic}=${payload.toString()}`);
  return { store, put, topics, time };
}

test('keeps the last message of each topic and finds them by filter', () => {
  const { store, put, topics } = createStore();
  put('a/1', 'old');
  put('a/1', 'new');
  put('b/1', 'x');
  put('$sys/1', 'hidden');

  assert.deepEqual(topics('+/1'), ['a/1=new', 'b/1=x']);
  assert.deepEqual(topics('a/#'), ['a/1=new']);
  assert.equal(store.size, 3);
  assert.equal(store.get('a/1')?.payload.toString(), 'new');
});

test('an empty payload removes, and is forwarded unless told otherwise', () => {
  const { store, put } = createStore();
  put('a', 'x');
  assert.equal(put('a', ''), true);
  assert.equal(store.size, 0);

  const quiet = createStore({ stopPublishClearMessage: true });
  quiet.put('a', 'x');
  assert.equal(quiet.put('a', ''), false);
});

test('pages through what there is, and deletes by filter', () => {
  const { store, put } = createStore();
  for (let n = 0; n < 5; n++) put(`a/${n}`, 'x');

  const page = store.list({ filter: 'a/+', offset: 3, limit: 10 });

  assert.equal(page.total, 5);
  assert.deepEqual(
    page.messages.map(({ topic }) => topic),
    ['a/3', 'a/4'],
  );
  assert.equal(store.delete('a/1'), 1);
  assert.equal(store.delete('#'), 4);
});

test('forgets expired messages, by their own time or the configured one', () => {
  const { store, put, time } = createStore({ messageExpiryMs: 5_000 });
  put('own', 'x', 2);
  put('configured', 'x');

  time.now += 2_000;
  assert.equal(store.get('own'), undefined);
  assert.equal(store.get('configured')?.topic, 'configured');
  time.now += 3_000;
  assert.equal(store.sweep(), 1);
  assert.equal(store.size, 0);
});

test('refuses what exceeds its limits and keeps forwarding it', () => {
  const { store, put } = createStore({ maxPayloadSize: 3, maxRetainedMessages: 1 });

  assert.equal(put('large', 'xxxx'), true);
  put('a', 'x');
  assert.equal(put('b', 'x'), true);
  put('a', 'y');

  assert.equal(store.size, 1);
  assert.equal(store.get('a')?.payload.toString(), 'y');
});
