import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownProperty, setProperty } from './property.ts';
import type { Value } from './value.ts';

void test('reads own keys only', () => {
  assert.equal(ownProperty({ a: 1 }, 'a'), 1);
  for (const key of ['constructor', 'toString', '__proto__', 'missing'])
    assert.equal(ownProperty({ a: 1 }, key), undefined);
  assert.equal(ownProperty({ constructor: 1 }, 'constructor'), 1);
});

void test('sets every key as a plain one', () => {
  const object: Record<string, Value> = {};

  for (const key of ['a', '__proto__', 'constructor']) setProperty(object, key, { of: key });

  assert.deepEqual(Object.keys(object), ['a', '__proto__', 'constructor']);
  assert.deepEqual(ownProperty(object, '__proto__'), { of: '__proto__' });
  assert.equal(Object.getPrototypeOf(object), Object.prototype);
});
