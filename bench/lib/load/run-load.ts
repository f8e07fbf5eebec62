import { join } from 'node:path';
import type { Qos } from '@millrace/mqtt-codec';
import { runWorker } from '../worker-process.ts';
import type { PayloadKind } from './stamp.ts';

/** Who publishes what to whom. Publisher `i` publishes to `bench/i`. */
export interface LoadOptions {
  readonly port: number;
  /** Process whose CPU time is measured. */
  readonly brokerPid: number;
  readonly publishers: number;
  /** Each gets every message, or, with `pairs`, those of the publisher with its number. 0: only publishing counts. */
  readonly subscribers: number;
  readonly pairs: boolean;
  /** What subscribers ask for when it is not `bench/+`: the topics of a rule that republishes. */
  readonly filter?: string;
  readonly qos: Qos;
  readonly payload: PayloadKind;
  /** Payload bytes. */
  readonly size: number;
  /** Unacknowledged messages of one publisher. */
  readonly window: number;
  /** Most messages in one system call: 32 measures parsing and routing, 1 behaves like devices. */
  readonly perWrite: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface LoadResult {
  /** Deliveries in the measured time; without subscribers, acknowledged messages. */
  readonly messages: number;
  readonly seconds: number;
  /** CPU time in the measured time, user and system, all threads. */
  readonly brokerCpuSeconds: number;
  readonly loadCpuSeconds: number;
  /** Messages sent from the first to the last, warm-up included. */
  readonly published: number;
  /** Deliveries of these that have not come, and acknowledgements that have not. */
  readonly lost: number;
  /** Deliveries that came twice or behind a later one. */
  readonly disordered: number;
}

/** How long a load may take beyond its own time: connecting, and waiting for the last messages. */
const PATIENCE_MS = 30_000;

/** Runs a load in a process of its own. Linux only, since it reads the broker's CPU time from `/proc`. */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  const timeoutMs = PATIENCE_MS + (options.warmUpSeconds + options.seconds) * 1000;
  return runWorker(join(import.meta.dirname, 'worker.ts'), options, { timeoutMs });
}
