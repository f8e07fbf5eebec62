import {
  type Batch,
  type ConnectorDefinition,
  type Link,
  RecordWriter,
  type Rejection,
  type RuleOutput,
  type Sink,
  type SinkDefinition,
} from '@millrace/contract';
import { MemoryLog } from '../memory-log.ts';

/** What a connector is driven with, as a user writes it. */
export interface DriverConfig {
  readonly connector: object;
  readonly parameters: object;
}

/** Drives one link and one sink by hand, in place of the resource layer: no buffer, no retry, no health loop. */
export class SinkDriver implements AsyncDisposable {
  readonly log = new MemoryLog();
  /** Reasons with which the link reported its loss. */
  readonly losses: Error[] = [];
  readonly link: Link;
  readonly sink: Sink;
  readonly #lanes: string[] = [];
  #attempt = 0;

  /** Parses the configuration, so a wrong one throws here. */
  constructor(definition: ConnectorDefinition, { connector, parameters }: DriverConfig) {
    const sink = definition.sink as SinkDefinition<unknown, Link> | undefined;
    if (sink === undefined) throw new Error(`the connector ${definition.type} has no sink`);
    const context = { id: `connector:${definition.type}:test`, node: 'test@127.0.0.1', log: this.log };
    this.link = definition.open(definition.config.parse(connector), {
      ...context,
      lost: (reason) => this.losses.push(reason),
    });
    this.sink = sink.create(sink.parameters.parse(parameters), this.link, {
      ...context,
      id: `action:${definition.type}:test:connector:${definition.type}:test`,
    });
  }

  /** Connects and prepares the sink. */
  async open(signal: AbortSignal = patience()): Promise<this> {
    await this.link.connect(signal);
    await this.sink.prepare?.(signal);
    return this;
  }

  /** Encodes outputs and writes them as one batch of their lane; they must all belong to one. */
  async write(outputs: readonly RuleOutput[], signal: AbortSignal = patience()): Promise<readonly Rejection[]> {
    return (await this.sink.write(await this.batch(outputs), signal)) ?? [];
  }

  async batch(outputs: readonly RuleOutput[]): Promise<Batch> {
    const writer = new RecordWriter();
    const ends = outputs.map((output) => {
      this.sink.encode(output, writer);
      return writer.position;
    });
    const bytes = Buffer.from(writer.buffer.subarray(0, writer.position));
    const enqueuedAt = Date.now();
    const records = ends.map((end, index) => ({ bytes, start: ends[index - 1] ?? 0, end, enqueuedAt }));
    const first = records[0];
    const lane = (first === undefined ? undefined : await this.sink.lane?.(first)) ?? '0';
    this.#attempt += 1;
    return { lane, laneIndex: this.#laneIndex(lane), records, attempt: this.#attempt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sink.close?.();
    await this.link.close();
  }

  #laneIndex(lane: string): number {
    if (!this.#lanes.includes(lane)) this.#lanes.push(lane);
    return this.#lanes.indexOf(lane);
  }
}

/** A signal for calls that should end well before it does. */
export function patience(ms = 10_000): AbortSignal {
  return AbortSignal.timeout(ms);
}
