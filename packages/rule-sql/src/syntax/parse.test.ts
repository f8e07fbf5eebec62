import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SqlError } from '../errors.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';

/** Statement, message with place, hint. */
const MISTAKES: readonly (readonly [sql: string, message: RegExp, hint?: RegExp])[] = [
  ['', /^line 1, column 1: the statement is empty$/],
  ['SELECT a', /column 9: the statement ends, expected ',' or FROM/, /needs FROM/],
  ['SELECT a FORM "t"', /column 15: unexpected "t", expected ',' or FROM/, /Did you mean FROM/],
  ['SELECT *\nFROM "t"\nWHERE a == 1', /^line 3, column 10: unexpected '=', expected a value/, /single =/],
  ['SELECT * FROM "t" WHERE a LIKE \'x\'', /unexpected 'LIKE', expected the end/, /regex_match/],
  ['SELECT * FROM "t" WHERE a IS NULL', /unexpected 'IS'/, /is_null/],
  ['SELECT * FROM "t" WHERE a BETWEEN 1 AND 2', /unexpected 'BETWEEN'/, />=/],
  ['SELECT * FROM "t" LIMIT 5', /unexpected 'LIMIT'/, /no LIMIT/],
  ['SELECT * FROM "t" GROUP BY a', /unexpected 'GROUP'/, /one message/],
  ['SELECT payload.* FROM "t"', /expected a key/, /no \.\*/],
  ['SELECT payload.in FROM "t"', /unexpected 'in', expected a key/, /reserved word/],
  ['SELECT a, FROM "t"', /unexpected 'FROM', expected a value/, /comma too many/],
  ['SELECT (a > 1) AS x FROM "t"', /unexpected '>'/, /without parentheses/],
  ['SELECT a AND b FROM "t"', /unexpected 'AND'/, /WHERE, INCASE and CASE WHEN only/],
  ['SELECT f(x)[1] FROM "t"', /unexpected '\['/, /AS first/],
  ['SELECT f(x)[1..2] FROM "t"', /unexpected '\[1\.\.2\]'/, /AS first/],
  ['SELECT 10e3 FROM "t"', /'10e3' is no number/, /10\.0e3/],
  ['SELECT `a` FROM "t"', /'`' has no meaning/, /double quotes/],
  ['SELECT a FROM "t";', /';' has no meaning/, /semicolon/],
  ["SELECT 'a FROM t", /column 8: ''' has no meaning/, /no closing quote/],
  ['SELECT a FROM "t" WHERE 1 < 2 < 3', /unexpected '<'/, /AND/],
  ['SELECT [CASE WHEN a THEN 1 END] FROM "t"', /unexpected 'CASE'/, /whole field/],
  ['SELECT a FROM t\n/x WHERE ;', /^line 2, column 10/],
  [`SELECT ${'('.repeat(200)}`, /nested deeper than 100/],
  [`SELECT ${'1+'.repeat(2001)}1 FROM "t"`, /more than 2000 operators/],
  [`SELECT a${'.b'.repeat(200)} FROM "t"`, /at most 100 steps/],
  [`SELECT ${'9'.repeat(5000)} FROM "t"`, /at most 4096 digits/],
  ['SELECT 1.0e999 FROM "t"', /range of a float/],
  [`SELECT '${'x'.repeat(1 << 20)}' FROM "t"`, /longer than/],
];

void test('says where a statement is wrong, what was expected, and what was meant', () => {
  for (const [sql, message, hint] of MISTAKES) {
    assert.throws(
      () => parse(sql),
      (error) => {
        assert.ok(error instanceof SqlError);
        assert.match(error.message, message);
        if (hint !== undefined) assert.match(error.hint ?? '', hint);
        return true;
      },
    );
  }
});

/** What is printed in another form than it was written. */
const PRINTED: readonly (readonly [sql: string, printed: string])[] = [
  ['select a b from t', 'SELECT a AS b FROM "t"'],
  ["SELECT a.'x y'.\"z\".0 FROM 't\"u'", 'SELECT a."x y".z."0" FROM \'t"u\''],
  ['SELECT 1-(2-3)-4, (1*2)+3, -(1+2) FROM t', 'SELECT 1 - (2 - 3) - 4, 1 * 2 + 3, -(1 + 2) FROM "t"'],
  ['SELECT a FROM t WHERE not (a=1 or b=2) and c in (1)', 'SELECT a FROM "t" WHERE NOT (a = 1 OR b = 2) AND c IN (1)'],
  ['SELECT l[-0], l[+1], l[i.j], l[1..2] FROM t', 'SELECT l[-0], l[1], l[i.j], l[1..2] FROM "t"'],
  ['SELECT 1.0e300, 5.0 FROM t', 'SELECT 1.0e+300, 5.0 FROM "t"'],
  ['SELECT 1 AS "from", 2 AS "mod" FROM t', 'SELECT 1 AS "from", 2 AS "mod" FROM "t"'],
  [
    'SELECT div(1,2), mod(3,2), emqx_rule_funcs.upper(a) FROM t',
    'SELECT div(1, 2), mod(3, 2), emqx_rule_funcs.upper(a) FROM "t"',
  ],
  ['foreach a e do e.x incase e.x>1 from t where b=1', 'FOREACH a AS e DO e.x INCASE e.x > 1 FROM "t" WHERE b = 1'],
  [
    'SELECT case a when 1 then 2 else b>1 end, case when a in (1,2) then 3 end FROM t',
    'SELECT CASE a WHEN 1 THEN 2 ELSE b > 1 END, CASE WHEN a IN (1, 2) THEN 3 END FROM "t"',
  ],
];

void test('prints a statement in one form, which prints as itself', () => {
  for (const [sql, printed] of PRINTED) {
    assert.equal(print(parse(sql)), printed);
    assert.equal(print(parse(printed)), printed);
  }
});
