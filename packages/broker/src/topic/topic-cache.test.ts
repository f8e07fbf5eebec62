import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopicCache } from './topic-cache.ts';

function createCache() {
  const resolved: string[] = [];
  const cache = new TopicCache((entry) => resolved.push(entry.topic), 4);
  return { cache, resolved };
}

test('resolves a topic once and finds it by its bytes', () => {
  const { cache, resolved } = createCache();
  const bytes = Buffer.from('..a/b..');

  const entry = cache.lookup(bytes, 2, 5);

  assert.equal(entry?.topic, 'a/b');
  assert.equal(cache.lookupText('a/b'), entry);
  assert.deepEqual(resolved, ['a/b']);
});

test('refuses what is no topic name', () => {
  const { cache } = createCache();

  for (const topic of ['', 'a/+', '#', 'a\0b', 'a/b/c/d/e']) assert.equal(cache.lookupText(topic), undefined, topic);
  assert.equal(cache.lookup(Buffer.from([0xc3, 0x28]), 0, 2), undefined);
  assert.equal(cache.size, 0);
});

test('resolves again what a change concerns, and nothing else', () => {
  const { cache, resolved } = createCache();
  for (const topic of ['a', 'b']) cache.lookupText(topic);
  resolved.length = 0;

  cache.invalidateFilter('$share/g/a');
  for (const topic of ['a', 'b']) cache.lookupText(topic);
  assert.deepEqual(resolved, ['a']);

  cache.invalidateFilter('b/#');
  for (const topic of ['a', 'b']) cache.lookupText(topic);
  assert.deepEqual(resolved, ['a', 'a', 'b']);
});

test('stays bounded and correct over more topics than it holds', () => {
  const { cache } = createCache();
  const first = cache.lookupText('t/0');
  let largest = 0;
  for (let n = 0; n < 150_000; n++) {
    assert.equal(cache.lookupText(`t/${n}`)?.topic, `t/${n}`);
    largest = Math.max(largest, cache.size);
  }

  assert.ok(largest <= 131_072);
  // Whoever kept an entry that is not in the table any more can tell.
  assert.notEqual(first?.version, cache.version);
});
