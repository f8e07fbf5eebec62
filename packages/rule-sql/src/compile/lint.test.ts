import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinFunctions } from '../functions/index.ts';
import { parse } from '../syntax/parse.ts';
import { lint } from './lint.ts';

function warnings(sql: string, columns?: readonly string[]): string[] {
  const options = columns === undefined ? {} : { columns: new Set(columns) };
  return lint(parse(sql), { functions: builtinFunctions, ...options }).map(
    ({ message, line, column }) => `${line}:${column} ${message}`,
  );
}

void test('is silent about a sound statement', () => {
  assert.deepEqual(warnings(`SELECT upper(a) AS "b c" FROM "t" WHERE a = 'x' AND "b c" = "a"`, ['a']), []);
});

void test('names the nearest function', () => {
  assert.deepEqual(warnings('SELECT uper(a) FROM "t"'), ['1:8 There is no function uper; did you mean upper?']);
  assert.deepEqual(warnings('SELECT\n  UPPER(a) FROM "t"'), ['2:3 There is no function UPPER; did you mean upper?']);
  assert.deepEqual(warnings('SELECT frobnicate(a) FROM "t"'), ['1:8 There is no function frobnicate']);
});

void test('tells how a function is called', () => {
  assert.deepEqual(warnings('SELECT a FROM "t" WHERE map_get(a) = 1'), [
    '1:25 map_get does not take 1 arguments: map_get(key, object[, default])',
  ]);
  assert.deepEqual(warnings('SELECT os.cmd(\'x\') FROM "t"'), ['1:8 Functions of the module os cannot be called']);
});

void test('recognises a double-quoted string where the columns are known', () => {
  const sql = 'SELECT * FROM "t" WHERE clientid = "c1" OR topic IN ("a", \'b\')';

  assert.deepEqual(warnings(sql, ['clientid', 'topic']), [
    '1:36 "c1" is the name of a column, not a string; for a string write \'c1\'',
    '1:54 "a" is the name of a column, not a string; for a string write \'a\'',
  ]);
  assert.deepEqual(warnings(sql), []);
});
