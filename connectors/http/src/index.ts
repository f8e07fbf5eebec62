import { defineConnector } from '@millrace/contract';
import { HttpLink } from './client.ts';
import { connectorConfig, sinkParameters } from './config.ts';
import { HttpSink } from './sink.ts';

export { HTTP_ERRORS } from './errors.ts';

/** Everything the rest of Millrace learns about HTTP as a target. */
export const http = defineConnector({
  type: 'http',
  title: 'HTTP server',
  description: 'Sends one HTTP request for each record (a webhook).',
  config: connectorConfig,
  open: (config) => new HttpLink(config),
  sink: {
    parameters: sinkParameters,
    delivery: () => ({ maxBatchRecords: 1 }),
    create: (parameters, link) => new HttpSink(parameters, link),
  },
});
