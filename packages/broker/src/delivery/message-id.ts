import { randomBytes } from 'node:crypto';

const node = randomBytes(6).toString('hex');
let sequence = 0;

/** 32 hex digits: microseconds since the epoch, a random part of this process, a sequence number. Sorts by time. */
export function createMessageId(timestampMs: number): string {
  sequence = (sequence + 1) >>> 0;
  const micros = (timestampMs * 1_000).toString(16).padStart(12, '0');
  return `${micros.slice(-12)}${node}${sequence.toString(16).padStart(8, '0')}`;
}
