import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson, stringifyJson } from '@millrace/values';
import { compile } from '../compile/compile.ts';
import { inputOf } from '../input.ts';
import { parse } from '../syntax/parse.ts';
import { builtinFunctions } from './index.ts';

void test('every example of every function gives its result', () => {
  for (const { signature, examples } of builtinFunctions.all()) {
    for (const { sql, result } of examples) {
      const output = compile(parse(`SELECT ${sql} AS v FROM "t"`)).evaluate(inputOf({}), {});
      assert.equal(stringifyJson(output as never), stringifyJson(parseJson(`{"v":${result}}`)), `${signature}: ${sql}`);
    }
  }
});

void test('every function says what it does, and its signature tells its arguments', () => {
  for (const { name, signature, summary, arity } of builtinFunctions.all()) {
    assert.match(signature, /^[a-z][a-z0-9_]*\([^()]*\)$/);
    assert.ok(summary.endsWith('.') && !summary.includes('\n'), name);
    assert.ok(arity.min <= arity.max, name);
  }
});

void test('no two functions take the same number of arguments under one name', () => {
  const functions = [...builtinFunctions.all()];
  for (const [index, one] of functions.entries()) {
    const other = functions
      .slice(index + 1)
      .find(({ name, arity }) => name === one.name && arity.min <= one.arity.max && one.arity.min <= arity.max);
    assert.equal(other, undefined, one.signature);
  }
});
