import {
  type Batch,
  type EncodedRecord,
  type RecordWriter,
  RecoverableError,
  type Rejection,
  type RuleOutput,
  type Sink,
  UnhealthyTargetError,
  UnrecoverableError,
} from '@millrace/contract';
import { stringifyJson } from '@millrace/values';
import { type HttpLink, joinPath } from './client.ts';
import type { SinkParameters } from './config.ts';
import { type HeaderList, Headers } from './headers.ts';
import { readRequest, writeRequest } from './request-record.ts';

const METHODS = { post: 'POST', put: 'PUT', get: 'GET', delete: 'DELETE' } as const;

/** One refused record is the record's fault; so many requests in a row are not. */
const FAILURES_TO_REPORT = 3;

/** Sends one request for each record. */
export class HttpSink implements Sink {
  readonly #config: SinkParameters;
  readonly #link: HttpLink;
  readonly #headers: Headers;
  readonly #hasBody: boolean;
  #fixedHeaders: HeaderList = [];
  #failuresInARow = 0;
  #lastFailure = '';

  constructor(config: SinkParameters, link: HttpLink) {
    this.#config = config;
    this.#link = link;
    this.#headers = new Headers(link.headers, config.headers);
    this.#hasBody = config.method === 'post' || config.method === 'put';
  }

  encode(output: RuleOutput, record: RecordWriter): void {
    writeRequest(joinPath(this.#link.url, this.#config.path.render(output)), this.#headers.varying(output), record);
    if (!this.#hasBody) return;
    if (this.#config.body === undefined) record.writeText(stringifyJson(output));
    else this.#config.body.write(output, record);
  }

  /** Reads header secrets from their files, so that a rotated credential holds after the next reconnect. */
  async prepare(): Promise<void> {
    try {
      this.#fixedHeaders = this.#headers.fixed();
    } catch (error) {
      throw new UnhealthyTargetError('HTTP_NO_SECRET', `a header's file cannot be read: ${String(error)}`, {
        cause: error,
      });
    }
  }

  /** An open port says nothing about the path or the credentials; what the latest requests met does. */
  check(): Promise<void> {
    if (this.#failuresInARow < FAILURES_TO_REPORT) return Promise.resolve();
    const message = `the last ${this.#failuresInARow} requests failed; the latest: ${this.#lastFailure}`;
    return Promise.reject(new RecoverableError('HTTP_FAILING', message));
  }

  /** One request after the other; a recoverable failure gives the whole batch back, so batches of one are the default. */
  async write(batch: Batch, signal: AbortSignal): Promise<readonly Rejection[]> {
    const rejections: Rejection[] = [];
    for (const [index, record] of batch.records.entries()) {
      try {
        await this.#send(record, batch.laneIndex, signal);
      } catch (error) {
        if (!(error instanceof UnrecoverableError)) throw error;
        rejections.push({ index, error });
      }
    }
    return rejections;
  }

  async #send(record: EncodedRecord, laneIndex: number, signal: AbortSignal): Promise<void> {
    const { path, headers, body } = readRequest(record);
    const request = {
      method: METHODS[this.#config.method],
      path,
      headers: [...this.#fixedHeaders, ...headers],
      body: this.#hasBody ? body : undefined,
      timeoutMs: this.#config.request_timeout,
    };
    try {
      await this.#link.send(request, laneIndex, signal);
      this.#failuresInARow = 0;
    } catch (error) {
      this.#failuresInARow += 1;
      this.#lastFailure = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }
}
