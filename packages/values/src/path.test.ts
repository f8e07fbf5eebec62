import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getPath } from './path.ts';

void test('walks objects and reads JSON text once', () => {
  assert.equal(getPath({ a: { b: 1 } }, ['a', 'b']), 1);
  assert.deepEqual(getPath({ a: 1 }, []), { a: 1 });
  assert.equal(getPath({ a: '{"b":2}' }, ['a', 'b']), 2);
  assert.equal(getPath({ a: Buffer.from('{"b":2}') }, ['a', 'b']), 2);
  assert.equal(getPath({ a: '{"b":"{\\"c\\":1}"}' }, ['a', 'b', 'c']), undefined);
});

void test('gives undefined where there is nothing', () => {
  assert.equal(getPath({ a: 'no json' }, ['a', 'b']), undefined);
  assert.equal(getPath({ a: [1] }, ['a', '0']), undefined);
  assert.equal(getPath({}, ['constructor', 'name']), undefined);
  assert.equal(getPath(undefined, ['a']), undefined);
});
