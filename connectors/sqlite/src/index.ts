import { defineConnector } from '@millrace/contract';
import { SqliteLink } from './client.ts';
import { connectorConfig, sinkParameters } from './config.ts';
import { SqliteSink } from './sink.ts';

export { SQLITE_ERRORS } from './errors.ts';

/** Everything the rest of Millrace learns about SQLite. */
export const sqlite = defineConnector({
  type: 'sqlite',
  title: 'SQLite',
  description: 'Writes rows into an embedded SQLite database file, without any server.',
  config: connectorConfig,
  open: (config, context) => new SqliteLink(config, context),
  sink: {
    parameters: sinkParameters,
    delivery: () => ({ maxBatchRecords: 1000 }),
    create: (parameters, link) => new SqliteSink(parameters, link),
  },
});
