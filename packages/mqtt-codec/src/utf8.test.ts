import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, test } from 'node:test';
import { isValidText, isValidUtf8, isWellFormedUtf8 } from './utf8.ts';

describe('isWellFormedUtf8', () => {
  test('agrees with Node on every sequence of two bytes, alone and before a third', () => {
    const pair = Buffer.alloc(2);
    const triple = Buffer.from([0, 0, 0x80]);
    for (let value = 0; value < 0x1_0000; value++) {
      pair.writeUInt16BE(value);
      triple.writeUInt16BE(value);
      assert.equal(isWellFormedUtf8(pair, 0, 2), isUtf8(pair), pair.toString('hex'));
      assert.equal(isWellFormedUtf8(triple, 0, 3), isUtf8(triple), triple.toString('hex'));
    }
  });

  test('agrees with Node on four bytes around the limits of their range', () => {
    for (const lead of [0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5]) {
      for (const second of [0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc0]) {
        for (const third of [0x7f, 0x80, 0xbf, 0xc0]) {
          const bytes = Buffer.from([lead, second, third, 0x80]);
          assert.equal(isWellFormedUtf8(bytes, 0, 4), isUtf8(bytes), bytes.toString('hex'));
        }
      }
    }
  });

  test('does not look past the end', () => {
    assert.ok(!isWellFormedUtf8(Buffer.from('é'), 0, 1));
  });
});

test('a string of MQTT has no U+0000 [MQTT-1.5.4-2]', () => {
  assert.ok(isValidUtf8(Buffer.from('aé\u{1}')));
  assert.ok(!isValidUtf8(Buffer.from('a\0')));
  assert.ok(isValidUtf8(Buffer.from('a\0'), 0, 1));
});

test('a text can be sent when it is well-formed, without U+0000 and short enough', () => {
  assert.ok(isValidText(''));
  assert.ok(isValidText('😀'));
  assert.ok(isValidText('a'.repeat(65_535)));
  assert.ok(!isValidText('a'.repeat(65_536)));
  assert.ok(!isValidText('€'.repeat(21_846)));
  assert.ok(!isValidText('\uDE00'));
  assert.ok(!isValidText('a\0'));
});
