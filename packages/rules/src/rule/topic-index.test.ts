import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopicIndex } from './topic-index.ts';

function indexOf(...filters: string[]): TopicIndex<string> {
  const index = new TopicIndex<string>();
  for (const filter of filters) index.add(filter, filter);
  return index;
}

const CASES: readonly (readonly [topic: string, filters: readonly string[]])[] = [
  ['a', ['#', '+', 'a', 'a/#']],
  ['a/b', ['#', '+/b', 'a/#', 'a/+', 'a/b']],
  ['a/', ['#', 'a/#', 'a/+']],
  ['b', ['#', '+']],
  ['$SYS/x', ['$SYS/#', '$SYS/+']],
  ['$SYS', ['$SYS/#']],
];

test('finds exactly the filters that match a topic', () => {
  const index = indexOf('#', '+', 'a', 'a/#', '+/b', 'a/+', 'a/b', '$SYS/#', '$SYS/+');

  for (const [topic, filters] of CASES) {
    assert.deepEqual([...index.match(topic)].sort(), [...filters].sort(), topic);
  }
});

test('answers a value once when several of its filters match', () => {
  const index = new TopicIndex<string>();
  for (const filter of ['a/#', 'a/+', 'a/b']) index.add(filter, 'rule');

  assert.deepEqual([...index.match('a/b')], ['rule']);
});

test('forgets what was removed and keeps the rest', () => {
  const index = indexOf('a/b', 'a/b/c', 'a/#');
  index.remove('a/b', 'a/b');
  index.remove('never/there', 'x');

  assert.deepEqual([...index.match('a/b')], ['a/#']);
  assert.deepEqual([...index.match('a/b/c')].sort(), ['a/#', 'a/b/c']);
});
