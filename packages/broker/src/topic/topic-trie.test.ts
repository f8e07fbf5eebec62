import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesFilter } from './topic-filter.ts';
import { TopicTrie } from './topic-trie.ts';

const level = fc.constantFrom('a', 'b', '', '$x');
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));

function matched(trie: TopicTrie<string>, topic: string): string[] {
  const found: string[] = [];
  trie.match(topic, (filter) => found.push(filter));
  return found.sort();
}

test('finds the filters of a topic as comparing one by one does', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filters, { maxLength: 12 }), topics, (all, topic) => {
      const trie = new TopicTrie<string>();
      for (const filter of all) trie.set(filter, filter);

      assert.deepEqual(matched(trie, topic), all.filter((filter) => matchesFilter(topic, filter)).sort());
    }),
  );
});

test('finds the topics of a filter as comparing one by one does', () => {
  fc.assert(
    fc.property(fc.uniqueArray(topics, { maxLength: 12 }), filters, (all, filter) => {
      const trie = new TopicTrie<string>();
      for (const topic of all) trie.set(topic, topic);
      const found: string[] = [];
      trie.search(filter, (topic) => found.push(topic));

      assert.deepEqual(found.sort(), all.filter((topic) => matchesFilter(topic, filter)).sort());
    }),
  );
});

test('removes values and forgets empty levels', () => {
  const trie = new TopicTrie<number>();
  trie.set('a/b/c', 1);
  trie.set('a/b', 2);
  trie.set('a/b', 3);

  assert.equal(trie.size, 2);
  assert.equal(trie.delete('a/b/c'), true);
  assert.equal(trie.delete('a/b/c'), false);
  assert.equal(trie.delete('a'), false);
  assert.equal(trie.get('a/b'), 3);
  assert.equal(trie.delete('a/b'), true);
  assert.equal(trie.size, 0);
  assert.deepEqual([...trie.values()], []);
});

test('a leading wildcard leaves topics with $ alone, a written $ does not', () => {
  const trie = new TopicTrie<string>();
  for (const filter of ['#', '+/a', '$SYS/#', '$SYS/+']) trie.set(filter, filter);

  assert.deepEqual(matched(trie, '$SYS/a'), ['$SYS/#', '$SYS/+']);
  assert.deepEqual(matched(trie, 'x/a'), ['#', '+/a']);
});
