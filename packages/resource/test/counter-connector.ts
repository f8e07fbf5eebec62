import { type ConnectorDefinition, defineConnector, type Log, RecoverableError, recordText } from '@millrace/contract';

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const NO_SCHEMA = {} as ConnectorDefinition['config'];

/** A target that hands each record's number to `take`; without one it can never be reached. */
export function counterConnector(take?: (number: number) => void): ConnectorDefinition {
  const open = () => ({
    connect: async () => {
      if (take === undefined) throw new RecoverableError('COUNTER_DOWN', 'the target is down');
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
  return defineConnector<unknown, ReturnType<typeof open>, unknown>({
    type: 'counter',
    title: 'Counter',
    description: 'For tests.',
    config: NO_SCHEMA,
    open,
    sink: {
      parameters: NO_SCHEMA,
      delivery: () => ({ maxBatchRecords: 100 }),
      create: () => ({
        encode: (output, record) => record.writeText(JSON.stringify(output['number'])),
        write: async ({ records }) => {
          for (const record of records) take?.(Number(recordText(record)));
        },
      }),
    },
  });
}
