import { setTimeout as sleep } from 'node:timers/promises';
import { type EncodedRecord, NotConnectedError, type RuleOutput, UnrecoverableError } from '@millrace/contract';
import type { KafkaClient } from '../src/client.ts';
import type { KafkaSink } from '../src/sink.ts';
import { encodeAll } from './fixtures.ts';

export interface Delivered {
  readonly failures: readonly string[];
  /** Codes of the calls that were tried again. */
  readonly retried: readonly string[];
}

interface Lane {
  readonly name: string;
  queue: EncodedRecord[][];
  inFlight: number;
}

const WAIT_MS = 100;

/**
 * A small stand-in for the resource layer: batches of a lane in order, several in flight, failed ones again from the
 * oldest, refused ones in halves.
 */
export async function deliver(
  client: KafkaClient,
  sink: KafkaSink,
  outputs: readonly RuleOutput[],
  { batchSize = 100, inFlight = 5, signal = AbortSignal.timeout(60_000) } = {},
): Promise<Delivered> {
  const failures: string[] = [];
  const retried: string[] = [];
  const lanes = await fillLanes(sink, outputs, batchSize, failures);
  await Promise.all(lanes.map((lane) => drain(lane)));
  return { failures, retried };

  async function drain(lane: Lane): Promise<void> {
    while (lane.queue.length > 0) {
      signal.throwIfAborted();
      const batches = lane.queue.splice(0, inFlight);
      const results = await Promise.all(batches.map((batch) => write(lane.name, batch)));
      lane.queue = [...results.flat(), ...lane.queue];
    }
  }

  /** What has to go out again. */
  async function write(lane: string, records: EncodedRecord[]): Promise<EncodedRecord[][]> {
    try {
      const rejections = await sink.write({ lane, laneIndex: 0, records, attempt: 1 }, signal);
      for (const { error } of rejections ?? []) failures.push(error.code);
      return [];
    } catch (error) {
      if (!(error instanceof UnrecoverableError)) return again(error as Error & { code: string }, records);
      if (records.length > 1) return halves(records);
      failures.push(error.code);
      return [];
    }
  }

  async function again(error: Error & { code: string }, records: EncodedRecord[]): Promise<EncodedRecord[][]> {
    if (error.code === undefined) throw error;
    retried.push(error.code);
    await sleep(WAIT_MS);
    if (error instanceof NotConnectedError) await reconnect();
    return [records];
  }

  async function reconnect(): Promise<void> {
    reconnecting ??= client.connect(signal).finally(() => (reconnecting = undefined));
    await reconnecting.catch(() => sleep(WAIT_MS));
  }
}

let reconnecting: Promise<void> | undefined;

async function fillLanes(
  sink: KafkaSink,
  outputs: readonly RuleOutput[],
  batchSize: number,
  failures: string[],
): Promise<Lane[]> {
  const lanes = new Map<string, Lane>();
  for (const record of encodeAll(sink, outputs)) {
    try {
      const name = await sink.lane(record);
      const lane = lanes.get(name) ?? { name, queue: [], inFlight: 0 };
      lanes.set(name, lane);
      const last = lane.queue.at(-1);
      if (last === undefined || last.length >= batchSize) lane.queue.push([record]);
      else last.push(record);
    } catch (error) {
      if (!(error instanceof UnrecoverableError)) throw error;
      failures.push(error.code);
    }
  }
  return [...lanes.values()];
}

function halves(records: EncodedRecord[]): EncodedRecord[][] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
}
