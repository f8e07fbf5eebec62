import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStatement, type SqlDialect, SqlTemplateError } from './statement.ts';

const QUESTION_MARKS: SqlDialect = { parameter: () => '?', foreignParameter: /\?/y };
const NUMBERED: SqlDialect = { parameter: (position) => `$${position}` };

test('placeholders become bind parameters in order', () => {
  const statement = parseStatement('INSERT INTO t (a, b) VALUES (${clientid}, ${payload.a.b})', NUMBERED);

  assert.equal(statement.sql, 'INSERT INTO t (a, b) VALUES ($1, $2)');
  assert.deepEqual(statement.parameters, [['clientid'], ['payload', 'a', 'b']]);
  assert.equal(statement.kind, 'insert');
});

test('the same placeholder twice is two parameters', () => {
  const statement = parseStatement('UPDATE t SET a = ${a} WHERE b <> ${.a}', QUESTION_MARKS);

  assert.equal(statement.sql, 'UPDATE t SET a = ? WHERE b <> ?');
  assert.deepEqual(statement.parameters, [['a'], ['a']]);
});

test('the whole output is the empty path', () => {
  assert.deepEqual(parseStatement('INSERT INTO t VALUES (${.})', QUESTION_MARKS).parameters, [[]]);
});

test('double quotes directly around a placeholder are dropped', () => {
  assert.equal(parseStatement('INSERT INTO t VALUES ("${a}")', QUESTION_MARKS).sql, 'INSERT INTO t VALUES (?)');
});

test('strings, names and comments pass through', () => {
  const sql = `INSERT INTO "my ""table" (\`b?\`) -- not \${a}\n VALUES ('it''s; ?', /* \${b} */ 1)`;
  const statement = parseStatement(sql, QUESTION_MARKS);

  assert.equal(statement.sql, sql);
  assert.deepEqual(statement.parameters, []);
});

test('a leading comment does not hide the kind and a closing semicolon is dropped', () => {
  const statement = parseStatement('/* nightly */ -- x\n Replace INTO t VALUES (${a}); -- end', QUESTION_MARKS);

  assert.equal(statement.kind, 'replace');
  assert.equal(statement.sql, '/* nightly */ -- x\n Replace INTO t VALUES (?)');
});

test('${$} is a literal dollar sign', () => {
  assert.equal(parseStatement('DELETE FROM t WHERE a = ${$}1', QUESTION_MARKS).sql, 'DELETE FROM t WHERE a = $1');
});

test('backslashes escape only where the dialect says so', () => {
  const source = String.raw`INSERT INTO t VALUES ('a\'b', ${'${a}'})`;

  assert.throws(() => parseStatement(source, QUESTION_MARKS), SqlTemplateError);
  assert.equal(parseStatement(source, { ...QUESTION_MARKS, backslashEscapes: true }).parameters.length, 1);
});

const REFUSED: readonly (readonly [sql: string, message: RegExp])[] = [
  ["INSERT INTO t VALUES ('${a}')", /\$\{a\} stands in quotes/],
  ['INSERT INTO "t_${a}" VALUES (1)', /\$\{a\} stands in a name/],
  ['INSERT INTO t VALUES (${a}); DELETE FROM t', /more than one statement/],
  ["INSERT INTO t VALUES ('a)", /never closed/],
  ['INSERT INTO t VALUES (?, ${a})', /bind parameter of its own/],
  ['  ', /not a statement/],
];

for (const [sql, message] of REFUSED) {
  test(`refuses ${sql}`, () => {
    assert.throws(() => parseStatement(sql, QUESTION_MARKS), message);
  });
}
