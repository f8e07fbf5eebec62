import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseHocon, toValue } from '@millrace/hocon';
import { ResourceManager } from '@millrace/resource';
import { type SuiteTarget, tempDir, testConnector } from '@millrace/testkit';
import { sqlite } from '../src/index.ts';

interface DatabaseFile extends SuiteTarget {
  readonly path: string;
}

testConnector<DatabaseFile>(sqlite, {
  start: async () => {
    const directory = await tempDir('sqlite-suite');
    return {
      port: undefined,
      path: join(directory.path, 'suite.db'),
      [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    };
  },
  connector: ({ path }) => ({ database: path }),
  awayConnector: ({ path }) => ({ database: join(path, '..') }),
  parameters: () => ({
    create_table: 'CREATE TABLE IF NOT EXISTS records (arrival INTEGER PRIMARY KEY, n INTEGER NOT NULL)',
    sql: 'INSERT INTO records (n) VALUES (${n})',
  }),
  output: (n) => ({ n }),
  refusedOutput: () => ({ n: null }),
  readBack: ({ path }) => {
    using database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('SELECT n FROM records ORDER BY arrival').all();
    return Promise.resolve(rows.map((row) => Number(row['n'])));
  },
  block: ({ path }) => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        other.close();
        return Promise.resolve();
      },
    });
  },
  secrets: [],
  createManager: (options) => new ResourceManager(options),
  readme: new URL('../README.md', import.meta.url),
  parseHocon: (text) => toValue(parseHocon(text, { file: 'README.md' })),
  cannot: {
    'be cut off': 'the database is a file of this process, without a network in between',
    'notice a stall': 'the same; a disk that stands still shows as SQLITE_TIMEOUT',
  },
});
