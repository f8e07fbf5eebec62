import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseJson, setProperty, stringifyJson, type Value } from '@millrace/values';
import { compile, EvaluationError, inputOf, parse, type RuleOutput, SqlError } from '../src/index.ts';

/**
 * Runs every case of `golden/*.txt`. A case is one line, `sql | input | output`; lines that begin with `#` are headings.
 *
 * - sql: a statement, or an expression, which becomes `SELECT … AS v FROM "t"`; a field that begins with WHERE becomes the
 *   condition of `SELECT 1 AS v FROM "t"`. `⏎` stands for a line feed.
 * - input: the columns as JSON; a payload that is no string is written as JSON text first. Empty: no columns
 * - output: the record (of an expression, its value) as JSON; `none` when there is no result; `error <reason>`, or
 *   `error <kind> <reason>`; `syntax` when the text is no statement, with the EMQX message behind it
 */
const FOLDER = new URL('./golden/', import.meta.url);

for (const file of readdirSync(FOLDER).sort()) {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
  void test(`answers every case of ${file}`, async (suite) => {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      await suite.test(`${file}:${index + 1} ${line}`, () => check(line));
    }
  });
}

function check(line: string): void {
  const [sql, input, output, ...rest] = line.split(' | ').map((part) => part.trim());
  assert.ok(sql !== undefined && input !== undefined && output !== undefined && rest.length === 0, 'three parts');
  assert.equal(answer(statementOf(sql.replaceAll('⏎', '\n')), columnsOf(input)), canonical(expectation(sql, output)));
}

function statementOf(sql: string): string {
  if (/^(SELECT|FOREACH|UPDATE)\b/i.test(sql)) return sql;
  return sql.startsWith('WHERE ') ? `SELECT 1 AS v FROM "t" ${sql}` : `SELECT ${sql} AS v FROM "t"`;
}

function columnsOf(input: string): RuleOutput {
  const columns = parseJson(input === '' ? '{}' : input) as Record<string, Value>;
  const payload = columns['payload'];
  if (payload === undefined || typeof payload === 'string') return columns;
  return { ...columns, payload: Buffer.from(stringifyJson(payload)) };
}

function expectation(sql: string, output: string): string {
  if (/^(SELECT|FOREACH)\b/i.test(sql) || /^(none|error|syntax)\b/.test(output)) return output;
  if (sql.startsWith('WHERE ')) return output === 'true' ? '{"v":1}' : 'none';
  return `{"v":${output}}`;
}

function answer(sql: string, columns: RuleOutput): string {
  try {
    const result = compile(parse(sql)).evaluate(inputOf(columns), {
      environment: { EMQXVAR_A: 'a', MILLRACEVAR_B: 'b' },
    });
    return result === undefined ? 'none' : stringifyJson(sorted(result));
  } catch (error) {
    if (error instanceof SqlError) return `syntax ${error.emqxMessage}`.trim();
    if (error instanceof EvaluationError) return `error ${error.kind} ${reasonOf(error)}`;
    throw error;
  }
}

function reasonOf({ reason }: EvaluationError): string {
  return typeof reason === 'string' ? reason : reason.reason;
}

/** The same JSON in one form; a reason without a kind is one of SELECT. */
function canonical(output: string): string {
  if (output === 'none' || output.startsWith('syntax')) return output;
  if (!output.startsWith('error')) return stringifyJson(sorted(parseJson(output)));
  const words = output.split(' ');
  return words.length === 3 ? output : `error select_and_transform_error ${words[1]}`;
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy: Record<string, Value> = {};
  for (const [key, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    setProperty(copy, key, sorted(member as Value));
  return copy;
}
