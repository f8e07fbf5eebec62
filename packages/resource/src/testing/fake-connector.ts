import {
  type Batch,
  type ConnectorDefinition,
  defineConnector,
  type EncodedRecord,
  type Link,
  type LinkContext,
  type Log,
  type RecordWriter,
  type Rejection,
  type RuleOutput,
  recordText,
  type Sink,
  type SinkDelivery,
  type Source,
  type SourceContext,
  UnrecoverableError,
} from '@millrace/contract';
import { toText } from '@millrace/values';

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The manager gets parsed configs and never looks at a schema. */
const NO_SCHEMA = {} as ConnectorDefinition['config'];

export interface FakeWrite {
  readonly lane: string;
  readonly attempt: number;
  readonly texts: readonly string[];
  readonly signal: AbortSignal;
}

type Answer = (write: FakeWrite) => Promise<readonly Rejection[] | void> | readonly Rejection[] | void;

/** An outside system in memory: what arrived, and how it behaves. Shared by all links and sinks of a definition. */
export class FakeSystem {
  /** Texts that were delivered, in order of delivery. */
  readonly delivered: string[] = [];
  readonly writes: FakeWrite[] = [];
  readonly contexts: LinkContext[] = [];
  connects = 0;
  closes = 0;
  prepares = 0;
  starts = 0;
  stops = 0;
  /** What the running source hands messages to. */
  emit: SourceContext['emit'] | undefined;
  connectError: Error | undefined;
  checkError: Error | undefined;
  prepareError: Error | undefined;
  delivery: Partial<SinkDelivery> = {};
  laneOf: ((text: string) => string | Promise<string>) | undefined;
  /** How a write is answered; by default everything is taken. */
  answer: Answer = () => undefined;

  close = async (): Promise<void> => {
    this.closes += 1;
  };

  check = async (): Promise<void> => {
    if (this.checkError !== undefined) throw this.checkError;
  };

  readonly definition: ConnectorDefinition = defineConnector<unknown, Link, unknown, unknown>({
    type: 'fake',
    title: 'Fake',
    description: 'For tests.',
    config: NO_SCHEMA,
    open: (_, context) => this.#open(context),
    sink: { parameters: NO_SCHEMA, delivery: () => this.delivery, create: () => this.#sink() },
    source: { parameters: NO_SCHEMA, create: (_, __, context) => this.#source(context) },
  });

  #open(context: LinkContext): Link {
    this.contexts.push(context);
    return {
      connect: async () => {
        this.connects += 1;
        if (this.connectError !== undefined) throw this.connectError;
      },
      check: () => this.check(),
      close: () => this.close(),
    };
  }

  #source(context: SourceContext): Source {
    return {
      start: async () => {
        this.starts += 1;
        this.emit = context.emit;
      },
      stop: async () => {
        this.stops += 1;
        this.emit = undefined;
      },
    };
  }

  #sink(): Sink {
    const sink: Sink = {
      encode: (output: RuleOutput, record: RecordWriter) => {
        record.writeText('half-written');
        record.truncate(record.position - 'half-written'.length);
        const text = toText(output['text']);
        record.writeText(text);
        if (text.startsWith('unencodable')) throw new UnrecoverableError('FAKE_UNENCODABLE', 'cannot be encoded');
      },
      write: async (batch: Batch, signal: AbortSignal) => {
        const write = { lane: batch.lane, attempt: batch.attempt, texts: batch.records.map(recordText), signal };
        this.writes.push(write);
        const rejections = (await this.answer(write)) ?? [];
        const refused = new Set(rejections.map(({ index }) => index));
        this.delivered.push(...write.texts.filter((_, index) => !refused.has(index)));
        return rejections;
      },
      prepare: async () => {
        this.prepares += 1;
        if (this.prepareError !== undefined) throw this.prepareError;
      },
    };
    if (this.laneOf !== undefined) sink.lane = (record: EncodedRecord) => this.laneOf!(recordText(record));
    return sink;
  }
}
