import {
  type Batch,
  type EncodedRecord,
  type RecordWriter,
  type Rejection,
  type RuleOutput,
  recordBytes,
  type Sink,
} from '@millrace/contract';
import { getPath, readJson, type Value } from '@millrace/values';
import type { SqliteLink } from './client.ts';
import type { SinkParameters } from './config.ts';
import { rowError } from './errors.ts';
import { writeParameter } from './parameter.ts';

/** Runs one statement for each record. A record is the parameter list as JSON text, then the values. */
export class SqliteSink implements Sink {
  readonly #config: SinkParameters;
  readonly #link: SqliteLink;
  readonly #parameters: string;
  #statement = 0;

  constructor(config: SinkParameters, link: SqliteLink) {
    this.#config = config;
    this.#link = link;
    this.#parameters = JSON.stringify(config.sql.parameters);
  }

  encode(output: RuleOutput, record: RecordWriter): void {
    const read = jsonReader();
    record.writePrefixed(this.#parameters);
    for (const path of this.#config.sql.parameters) {
      writeParameter(path.length === 0 ? output : getPath(output, path, read), record);
    }
  }

  /** A database file has one writer at a time, so one lane: the largest batches, and all records in order. */
  lane(_record: EncodedRecord): string {
    return 'database';
  }

  async prepare(signal: AbortSignal): Promise<void> {
    this.#statement = this.#link.nextStatement();
    await this.#prepare(this.#config.create_table, signal);
  }

  /** Prepares the statement anew: a table that someone dropped shows at once, and not with the next record. */
  async check(signal: AbortSignal): Promise<void> {
    await this.#prepare(undefined, signal);
  }

  async write(batch: Batch, signal: AbortSignal): Promise<readonly Rejection[]> {
    const refused = await this.#link.write({ statement: this.#statement, ...joined(batch.records) }, signal);
    return refused.map((row) => ({ index: row.index, error: rowError(row) }));
  }

  close(): Promise<void> {
    this.#link.release(this.#statement);
    return Promise.resolve();
  }

  #prepare(createTable: string | undefined, signal: AbortSignal): Promise<void> {
    const { sql } = this.#config.sql;
    return this.#link.prepare({ statement: this.#statement, sql, parameters: this.#parameters, createTable }, signal);
  }
}

/** The records in memory of their own, which moves to the other thread without another copy. */
function joined(records: readonly EncodedRecord[]) {
  const ends: number[] = [];
  let length = 0;
  for (const { start, end } of records) ends.push((length += end - start));
  const bytes = new Uint8Array(length);
  for (const [index, record] of records.entries()) bytes.set(recordBytes(record), ends[index - 1] ?? 0);
  return { bytes, ends };
}

/** Reads the JSON of one text only once, for `${payload.a}` beside `${payload.b}`. */
function jsonReader(): (text: string | Uint8Array) => Value {
  let lastText: string | Uint8Array | undefined;
  let lastValue: Value;
  return (text) => {
    if (text !== lastText) {
      lastText = text;
      lastValue = readJson(text);
    }
    return lastValue;
  };
}
