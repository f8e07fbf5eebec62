import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SqlFailure } from '../errors.ts';
import { translatePattern } from './pcre.ts';
import { regexOf } from './regex.ts';

void test('stops a pattern that backtracks without end, and works on afterwards', () => {
  const text = Buffer.from(`${'a'.repeat(40)}!`);

  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*)*x', '^(?:a+a+)+$']) {
    assert.throws(() => regexOf(pattern).test(text), { reason: 'regex_timeout' }, pattern);
  }
  assert.equal(regexOf('^(a+)+!$').test(text), true);
});

void test('stops a pattern that needs too many steps on a long text', () => {
  const text = Buffer.from('x'.repeat(200_000));

  assert.throws(() => regexOf('x*x*x*y').test(text), { reason: 'regex_timeout' });
  assert.throws(() => regexOf('x*x*y').replace(text, Buffer.from('')), { reason: 'regex_timeout' });
});

void test('refuses what JavaScript cannot do, instead of doing something else', () => {
  for (const pattern of [
    '(?>a)',
    'a++',
    '(?|a|b)',
    '(?R)',
    '(?(1)a|b)',
    '\\Kx',
    '[[:nope:]]',
    '(?U)a',
    '\\x{100}',
    '(',
    ')',
    '[a',
    'a\\',
  ]) {
    assert.throws(() => regexOf(pattern), SqlFailure, pattern);
  }
});

void test('keeps flags within their group and its later alternatives', () => {
  const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['^(a(?i)b)c$', 'aBc', true],
    ['^(a(?i)b)c$', 'aBC', false],
    ['^(?:a(?i)b|c)$', 'C', true],
    ['^(?:a(?i)b|c)$', 'Ab', false],
    ['(?i)a(?-i)b', 'Ab', true],
    ['(?i)a(?-i)b', 'AB', false],
    ['(?s-i:a.)b', 'a\nb', true],
    ['(?<year>\\d{4})-\\k<year>', '2024-2024', true],
    ['(?P<y>\\d)(?P=y)', '11', true],
    ['[^\\]]', ']', false],
    ['[a\\-z]', '-', true],
    ['a{2}', 'aa', true],
    ['a{,2}', 'a{,2}', true],
    ['\\x41', 'A', true],
    ['\\h', '\t', true],
    ['x(?=y)', 'xy', true],
    ['(?<!a)b', 'ab', false],
  ];
  for (const [pattern, text, matches] of cases) {
    assert.equal(regexOf(pattern).test(Buffer.from(text)), matches, pattern);
  }
});

void test('works on bytes unless told otherwise', () => {
  assert.deepEqual(regexOf('^(.)').groups(Buffer.from('é')), [Buffer.from([0xc3])]);
  assert.deepEqual(regexOf('(*UTF8)^(.)').groups(Buffer.from('é')), ['é']);
  assert.deepEqual(regexOf('(é+)').groups(Buffer.from('aéb')), ['é']);
  assert.equal(translatePattern('(*UTF8)a').isUnicode, true);
});
