import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receiver } from './receiver.ts';
import { SharedGroup } from './shared-group.ts';

function createMember(clientId: string, isConnected = true) {
  const subscriber = { clientId, isConnected, deliver() {} };
  const receiver: Receiver = {
    subscriber,
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    identifiers: undefined,
    group: undefined,
  };
  return { subscriber, receiver };
}

function picks(group: SharedGroup, count: number): (string | undefined)[] {
  return Array.from({ length: count }, (_, n) => group.pick(`t/${n}`, 'p')?.subscriber.clientId);
}

test('takes turns, over members that come and go', () => {
  const group = new SharedGroup('g', 't', 'round_robin');
  const members = ['a', 'b', 'c'].map((name) => createMember(name));
  for (const { receiver } of members) group.add(receiver);

  assert.deepEqual(picks(group, 4), ['a', 'b', 'c', 'a']);
  group.remove(members[1]!.receiver);
  assert.deepEqual(picks(group, 3), ['c', 'a', 'c']);
});

test('prefers connected members and queues for absent ones only when there is no other', () => {
  const group = new SharedGroup('g', 't', 'round_robin');
  const away = createMember('away', false);
  const here = createMember('here');
  group.add(away.receiver);
  group.add(here.receiver);

  assert.deepEqual(picks(group, 3), ['here', 'here', 'here']);
  here.subscriber.isConnected = false;
  assert.ok(['away', 'here'].includes(picks(group, 1)[0] ?? ''));
});

test('sticks to its choice until that member goes', () => {
  const group = new SharedGroup('g', 't', 'sticky', () => 0.99);
  const first = createMember('first');
  const second = createMember('second');
  group.add(first.receiver);
  group.add(second.receiver);

  assert.deepEqual(picks(group, 2), ['second', 'second']);
  second.subscriber.isConnected = false;
  assert.deepEqual(picks(group, 2), ['first', 'first']);
});

test('chooses by publisher or by topic', () => {
  const byClient = new SharedGroup('g', 't', 'hash_clientid');
  const byTopic = new SharedGroup('g', 't', 'hash_topic');
  for (const name of ['a', 'b', 'c']) {
    byClient.add(createMember(name).receiver);
    byTopic.add(createMember(name).receiver);
  }

  assert.equal(new Set(picks(byClient, 20)).size, 1);
  assert.equal(new Set(picks(byTopic, 20)).size, 3);
  assert.equal(byTopic.pick('x', 'p'), byTopic.pick('x', 'q'));
});

test('has nobody to choose when it is empty', () => {
  assert.equal(new SharedGroup('g', 't', 'random').pick('t', 'p'), undefined);
});
