import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAction } from './action-config.ts';

test('reads each kind of action', () => {
  assert.deepEqual(parseAction('http:web', 'a'), { kind: 'sink', id: 'http:web' });
  assert.deepEqual(parseAction('mongodb_rs:m', 'a'), { kind: 'sink', id: 'mongodb:m' });
  assert.deepEqual(parseAction({ function: 'console' }, 'a'), { kind: 'console' });
  assert.deepEqual(parseAction({ function: 'republish', args: { topic: 't', qos: 1 } }, 'a'), {
    kind: 'republish',
    args: { topic: 't', qos: 1 },
  });
});

const BAD: readonly (readonly [unknown, RegExp])[] = [
  ['nonsense', /^a: "nonsense" is no action id; write TYPE:NAME/],
  ['http:', /no action id/],
  [7, /^a: must be an object/],
  [{ function: 'emqx_rule_actions:mine', args: {} }, /^a\.function: not known/],
  [{ function: 'republish' }, /^a\.args: must be an object/],
  [{ function: 'republish', args: {} }, /^a\.args\.topic: required/],
  [{ function: 'republish', args: { topic: 't', qos: 3 } }, /^a\.args\.qos: write 0, 1, 2/],
  [{ function: 'republish', args: { topic: 't', qos: '${a}${b}' } }, /^a\.args\.qos/],
  [{ function: 'republish', args: { topic: 't', retain: 'maybe' } }, /^a\.args\.retain/],
  [{ function: 'republish', args: { topic: 't', payload: {} } }, /^a\.args\.payload: must be text/],
  [{ function: 'republish', args: { topic: 't', mqtt_properties: [] } }, /^a\.args\.mqtt_properties/],
];

test('says where and what is wrong', () => {
  for (const [action, message] of BAD) assert.throws(() => parseAction(action, 'a'), { message });
});
