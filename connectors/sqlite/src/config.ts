import { duration, filePath, textField } from '@millrace/contract';
import { z } from 'zod';
import { parseStatement, type SqlDialect, type SqlStatement, SqlTemplateError } from './statement.ts';

const SQLITE: SqlDialect = { parameter: () => '?', foreignParameter: /\?\d*|[:@$][A-Za-z_]\w*/y };
const WRITING_KINDS = new Set(['insert', 'replace', 'update', 'delete', 'with']);

/** `connectors.sqlite.NAME`. */
export const connectorConfig = z.strictObject({
  database: filePath({
    description:
      'The database file; it and its directory are created when missing. A relative path starts where Millrace was started.',
    examples: ['${MILLRACE_DATA_DIR}/locks.db'],
  }).refine((path) => path !== '' && !path.startsWith(':') && !path.startsWith('file:'), {
    error: 'write the path of a file; databases in memory and file: URIs are not supported',
  }),
  journal_mode: z.enum(['wal', 'delete', 'truncate', 'persist']).default('wal').meta({
    description:
      'How SQLite keeps a transaction safe. `wal` lets others read while Millrace writes; the other modes suit network file systems.',
  }),
  synchronous: z.enum(['full', 'normal', 'off']).default('full').meta({
    description:
      'What a power loss may cost: `full` nothing, `normal` in `wal` mode the last transactions, `off` the database.',
    advanced: true,
  }),
  busy_timeout: duration({
    description:
      'Longest wait for the write lock while another process holds it; after it the batch is tried again later.',
  }).prefault('5s'),
});

export type ConnectorConfig = z.output<typeof connectorConfig>;

/** `actions.sqlite.NAME.parameters`. */
export const sinkParameters = z.strictObject({
  sql: statement({
    description:
      'The statement that runs for each record: INSERT, REPLACE, UPDATE or DELETE (also after WITH). `${…}` is bound as a value, so it needs no quotes; what is missing becomes NULL.',
    examples: ['INSERT INTO lock_states (client_id, battery) VALUES (${clientid}, ${battery})'],
  }),
  create_table: textField({
    description: 'Statements that run before `sql` is prepared, to make the table; they must do no harm when repeated.',
    examples: ['CREATE TABLE IF NOT EXISTS lock_states (client_id TEXT, battery INTEGER)'],
  }).optional(),
});

export type SinkParameters = z.output<typeof sinkParameters>;

function statement(meta: { readonly description: string; readonly examples: readonly string[] }) {
  return z
    .codec(z.string(), z.custom<SqlStatement>(), {
      decode: (source, context) => {
        const parsed = parseWritingStatement(source);
        if (typeof parsed !== 'string') return parsed;
        context.issues.push({ code: 'custom', input: source, message: parsed });
        return z.NEVER;
      },
      encode: ({ source }) => source,
    })
    .meta({ ...meta, format: 'sql' });
}

/** The statement, or what is wrong with it. */
function parseWritingStatement(source: string): SqlStatement | string {
  try {
    const parsed = parseStatement(source, SQLITE);
    if (WRITING_KINDS.has(parsed.kind)) return parsed;
    return `${parsed.kind.toUpperCase()} does not write rows; use INSERT, REPLACE, UPDATE, DELETE or WITH`;
  } catch (error) {
    if (error instanceof SqlTemplateError) return error.message;
    throw error;
  }
}
