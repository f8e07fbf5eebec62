import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  isSharedFilter,
  isValidTopicFilter,
  isValidTopicName,
  isValidTopicNameBytes,
  topicNameError,
} from './topic.ts';

describe('topic names', () => {
  const valid = ['a', '/', '//', 'a/b/c', '/a', 'a/', '$SYS/x', ' ', 'é/€/😀', '\u{FEFF}', '$share/g/a'];
  const invalid = ['', '+', '#', 'a/+/b', 'a/#', 'a+', 'a\0b', '\0'];

  for (const topic of valid) {
    test(`${JSON.stringify(topic)} is one`, () => {
      const bytes = Buffer.from(`##${topic}##`);

      assert.ok(isValidTopicName(topic));
      assert.ok(isValidTopicNameBytes(bytes, 2, bytes.length - 2));
      assert.equal(topicNameError(bytes, 2, bytes.length - 2), undefined);
    });
  }

  for (const topic of invalid) {
    test(`${JSON.stringify(topic)} is none`, () => {
      const bytes = Buffer.from(`xx${topic}xx`);

      assert.ok(!isValidTopicName(topic));
      assert.ok(!isValidTopicNameBytes(bytes, 2, bytes.length - 2));
      assert.notEqual(topicNameError(bytes, 2, bytes.length - 2), undefined);
    });
  }

  test('a name of more than 65,535 bytes is none', () => {
    assert.ok(isValidTopicName('é'.repeat(32_767)));
    assert.ok(!isValidTopicName('é'.repeat(32_768)));
  });

  test('the error carries the reason code and the statement', () => {
    const reasons = ['6100', 'ff', '2b', ''].map((digits) => {
      const bytes = Buffer.from(digits, 'hex');
      const error = topicNameError(bytes, 0, bytes.length);
      return [error?.reasonCode, error?.statement];
    });

    assert.deepEqual(reasons, [
      [0x81, 'MQTT-1.5.4-2'],
      [0x81, 'MQTT-1.5.4-1'],
      [0x90, 'MQTT-3.3.2-2'],
      [0x90, 'MQTT-4.7.3-1'],
    ]);
  });
});

describe('topic filters', () => {
  const valid = [
    'a',
    '#',
    '+',
    '/',
    '+/+',
    '/+',
    '+/#',
    'a/+/b',
    'a/#',
    '/#',
    '$SYS/#',
    '$share/g/a',
    '$share/g/#',
    '$share/g/+/b',
    '$share/g//',
    '$share',
    'a/$share//x',
    '$shared/+',
  ];
  const invalid = [
    '',
    'a#',
    'a/b#',
    '#/a',
    '#/',
    '##',
    'a+',
    '+a',
    'a/+b',
    '++',
    'a\0',
    '\uD800',
    '$share/',
    '$share//a',
    '$share/g',
    '$share/g/',
    '$share/g+/a',
    '$share/#/a',
    '$share/g/a#',
    '$share/g/#/a',
  ];

  for (const filter of valid) test(`${JSON.stringify(filter)} is one`, () => assert.ok(isValidTopicFilter(filter)));
  for (const filter of invalid) test(`${JSON.stringify(filter)} is none`, () => assert.ok(!isValidTopicFilter(filter)));

  test('only $share/ makes a filter shared', () => {
    assert.ok(isSharedFilter('$share/g/a'));
    assert.ok(!isSharedFilter('$shared/g/a'));
    assert.ok(!isSharedFilter('$share'));
  });
});
