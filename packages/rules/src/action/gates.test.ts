import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestGate } from '../testing/fakes.ts';
import { gateOpened, joinGates } from './gates.ts';

test('one gate stays itself', () => {
  const gate = new TestGate();

  assert.equal(joinGates(undefined, gate), gate);
  assert.equal(joinGates(gate, undefined), gate);
  assert.equal(joinGates(gate, gate), gate);
});

test('an open gate holds nothing back', () => {
  const gate = new TestGate();
  const open = new TestGate();
  open.open();

  assert.equal(joinGates(open, gate), gate);
  assert.equal(joinGates(gate, open), gate);
});

test('two gates open when the later one does', () => {
  const first = new TestGate();
  const second = new TestGate();
  const both = joinGates(first, second);
  let opened = 0;
  both?.whenOpen(() => {
    opened += 1;
  });

  second.open();
  assert.equal(both?.isOpen, false);
  assert.equal(opened, 0);
  first.open();

  assert.equal(both?.isOpen, true);
  assert.equal(opened, 1);
});

test('waiting for no gate ends at once', async () => {
  await gateOpened(undefined);
});
