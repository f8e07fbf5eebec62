import type { Field, Statement } from './ast.ts';
import { Cursor } from './cursor.ts';
import { parseCondition, parseFieldValue } from './parse-expression.ts';
import { isPathStart, parsePath } from './parse-path.ts';

/** Reads one statement of rule SQL. Throws {@link SqlError} with the place and what was expected. */
export function parse(sql: string): Statement {
  const cursor = new Cursor(sql);
  const statement = parseStatement(cursor);
  if (cursor.token.kind !== 'end') cursor.fail(statement.where === undefined ? "',', WHERE or the end" : 'the end');
  return statement;
}

function parseStatement(cursor: Cursor): Statement {
  if (cursor.acceptKeyword('SELECT')) {
    const fields = parseFields(cursor);
    return { kind: 'select', fields, from: parseFrom(cursor), where: parseOptional(cursor, 'WHERE') };
  }
  if (!cursor.acceptKeyword('FOREACH')) cursor.fail('SELECT or FOREACH');
  const fields = parseFields(cursor);
  const each = cursor.acceptKeyword('DO') ? parseFields(cursor) : undefined;
  const incase = parseOptional(cursor, 'INCASE');
  return { kind: 'foreach', fields, each, incase, from: parseFrom(cursor), where: parseOptional(cursor, 'WHERE') };
}

function parseOptional(cursor: Cursor, word: 'WHERE' | 'INCASE') {
  return cursor.acceptKeyword(word) ? parseCondition(cursor) : undefined;
}

function parseFields(cursor: Cursor): Field[] {
  return cursor.list(() => parseField(cursor));
}

function parseField(cursor: Cursor): Field {
  if (cursor.isOperator('*')) {
    cursor.take();
    return { kind: 'all' };
  }
  const value = parseFieldValue(cursor);
  const hasAlias = cursor.acceptKeyword('AS') || isPathStart(cursor);
  return { kind: 'value', value, alias: hasAlias ? parsePath(cursor) : undefined };
}

function parseFrom(cursor: Cursor): string[] {
  if (!cursor.acceptKeyword('FROM')) cursor.fail("',' or FROM");
  return cursor.list(() => parseTopic(cursor));
}

function parseTopic(cursor: Cursor): string {
  const { kind } = cursor.token;
  if (kind !== 'name' && kind !== 'quoted' && kind !== 'string') cursor.fail('a topic filter in quotes');
  return cursor.take().text;
}
