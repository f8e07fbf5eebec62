import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, suggestion } from './near-miss.ts';

const names = ['max_inflight', 'max_packet_size', 'listeners', 'warning'];

test('finds the name that was meant', () => {
  assert.equal(nearest('max_inflihgt', names), 'max_inflight');
  assert.equal(nearest('Listener', names), 'listeners');
  assert.equal(nearest('warn', names), 'warning');
  assert.equal(nearest('completely_different', names), undefined);
  assert.equal(nearest('ab', ['xy']), undefined);
});

test('offers the known names when none is near and there are few', () => {
  assert.equal(suggestion('q', ['a1', 'b2']), 'known here: a1, b2');
  assert.equal(suggestion('q', []), 'remove it');
});
