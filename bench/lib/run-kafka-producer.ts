import { join } from 'node:path';
import { runWorker } from './worker-process.ts';

export interface KafkaProducerOptions {
  readonly bootstrap: string;
  readonly topic: string;
  /** Bytes of a value. */
  readonly size: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface KafkaProducerResult {
  readonly messages: number;
  readonly cpuSeconds: number;
}

const PATIENCE_MS = 30_000;

/** Measures the client library by itself: batches of 1000 values, one after the other, acks of the leader. */
export function runKafkaProducer(options: KafkaProducerOptions): Promise<KafkaProducerResult> {
  const timeoutMs = PATIENCE_MS + (options.warmUpSeconds + options.seconds) * 1000;
  return runWorker(join(import.meta.dirname, 'kafka-producer.ts'), options, { timeoutMs, isMeasured: true });
}
