import { dirname, join } from 'node:path';
import { Counters, type OutcomeCode } from '../metrics/counters.ts';
import type { Files } from './files.ts';
import {
  ACK_BYTES,
  ACK_SUFFIX,
  SEGMENT_HEADER_BYTES,
  SEGMENT_SUFFIX,
  SPILL_SUFFIX,
  segmentHeader,
  segmentName,
  writeAck,
} from './layout.ts';

const RETRIED = 128;
const CODES = 256;

/** One file of a log, and the ack file beside it. Spill files have no ack file: they do not outlive the process. */
export class Segment {
  readonly firstSequence: number;
  readonly isDurable: boolean;
  /** Outcomes of its records, and of unlogged ones that its ack file holds. */
  readonly tally = new Counters();
  outstanding = 0;
  /** End of what has been written well. */
  size = 0;
  ackBytes = 0;
  /** End of what is known to survive a power loss. */
  syncedSize = 0;
  /** Settled records found at recovery, one bit each; undefined for segments of this process. */
  settledBits: Uint8Array | undefined;
  readonly #files: Files;
  readonly #directory: string;
  #data: number | undefined;
  #acks: number | undefined;
  #isSyncing = false;
  #isClosing = false;
  /** `offset * CODES + code`, in the order of settling. */
  #pending: number[] = [];

  constructor(files: Files, directory: string, firstSequence: number, isDurable: boolean) {
    this.#files = files;
    this.#directory = directory;
    this.firstSequence = firstSequence;
    this.isDurable = isDurable;
  }

  get path(): string {
    return join(this.#directory, segmentName(this.firstSequence, this.isDurable ? SEGMENT_SUFFIX : SPILL_SUFFIX));
  }

  get ackPath(): string {
    return join(this.#directory, segmentName(this.firstSequence, ACK_SUFFIX));
  }

  get hasPendingAcks(): boolean {
    return this.#pending.length > 0;
  }

  create(): void {
    this.#data = this.#files.openSync(this.path, 'w+');
    this.#writeAll(this.#data, segmentHeader(this.firstSequence), 0, SEGMENT_HEADER_BYTES, 0);
    this.size = SEGMENT_HEADER_BYTES;
  }

  /** Writes at the end. After an error the same position is written again, so a half-written frame is overwritten. */
  append(bytes: Buffer, start: number, end: number): void {
    this.#writeAll(this.#dataFile(), bytes, start, end, this.size);
    this.size += end - start;
  }

  read(offset: number, length: number): Buffer {
    const target = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const count = this.#files.readSync(this.#dataFile(), target, done, length - done, offset + done);
      if (count === 0) throw new Error(`${this.path} ends at ${offset + done}, ${length - done} bytes early`);
      done += count;
    }
    return target;
  }

  isSettled(sequence: number): boolean {
    if (this.settledBits === undefined) return false;
    const offset = sequence - this.firstSequence;
    return ((this.settledBits[offset >> 3] ?? 0) & (1 << (offset & 7))) !== 0;
  }

  settle(sequence: number, code: OutcomeCode, retried: boolean): void {
    this.outstanding -= 1;
    this.tally.add(code, 1, retried);
    this.#pending.push((sequence - this.firstSequence) * CODES + code + (retried ? RETRIED : 0));
  }

  /** Appends the outcomes since the last call, as ranges. */
  flushAcks(): void {
    if (this.#pending.length === 0) return;
    const bytes = encodeRanges(inOrder(this.#pending));
    this.#appendAcks(bytes);
    this.#pending = [];
  }

  /** Appends outcomes of records that never entered the log. */
  appendUnlogged(code: OutcomeCode, count: number): void {
    const bytes = Buffer.allocUnsafe(ACK_BYTES);
    writeAck(bytes, 0, { offset: 0, count, outcome: code, retried: false, unlogged: true });
    this.#appendAcks(bytes);
    this.tally.add(code, count, false);
  }

  /** Calls back with the error, if any, when everything written so far survives a power loss. Never throws. */
  sync(callback: (error: Error | null) => void): void {
    const target = this.size;
    const isNew = this.syncedSize === 0;
    const finish = (error: Error | null) => {
      this.#isSyncing = false;
      if (error === null) this.syncedSize = target;
      if (this.#isClosing) this.close();
      callback(error);
    };
    try {
      this.#isSyncing = true;
      this.#files.fdatasync(this.#dataFile(), (error) => {
        if (error === null && isNew) this.#syncDirectory(finish);
        else finish(error);
      });
    } catch (error) {
      finish(error as Error);
    }
  }

  /** After a failed sync the system may take the pages for clean: makes them dirty again. */
  rewriteUnsynced(): void {
    const from = Math.max(this.syncedSize, 0);
    const bytes = this.read(from, this.size - from);
    this.#writeAll(this.#dataFile(), bytes, 0, bytes.length, from);
  }

  /** A sync that is under way keeps the file open until it has returned. */
  close(): void {
    this.#isClosing = this.#isSyncing;
    if (this.#isSyncing) return;
    if (this.#data !== undefined) this.#files.closeSync(this.#data);
    if (this.#acks !== undefined) this.#files.closeSync(this.#acks);
    this.#data = undefined;
    this.#acks = undefined;
  }

  remove(): void {
    this.close();
    this.#files.rmSync(this.path, { force: true });
    this.#files.rmSync(this.ackPath, { force: true });
  }

  #syncDirectory(callback: (error: Error | null) => void): void {
    try {
      const directory = this.#files.openSync(dirname(this.path), 'r');
      this.#files.fsync(directory, (error) => {
        this.#files.closeSync(directory);
        callback(error);
      });
    } catch (error) {
      callback(error as Error);
    }
  }

  #dataFile(): number {
    this.#data ??= this.#files.openSync(this.path, 'r+');
    return this.#data;
  }

  #appendAcks(bytes: Buffer): void {
    this.#acks ??= this.#files.openSync(this.ackPath, this.ackBytes === 0 ? 'w' : 'r+');
    this.#writeAll(this.#acks, bytes, 0, bytes.length, this.ackBytes);
    this.ackBytes += bytes.length;
  }

  #writeAll(file: number, bytes: Buffer, start: number, end: number, position: number): void {
    let at = start;
    while (at < end) at += this.#files.writeSync(file, bytes, at, end - at, position + at - start);
  }
}

function inOrder(pending: number[]): number[] {
  for (let index = 1; index < pending.length; index++) {
    if (pending[index]! < pending[index - 1]!) return pending.sort((left, right) => left - right);
  }
  return pending;
}

function encodeRanges(pending: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(pending.length * ACK_BYTES);
  let length = 0;
  for (let index = 0; index < pending.length; ) {
    const first = pending[index]!;
    let count = 1;
    while (pending[index + count] === first + count * CODES) count += 1;
    const code = first % CODES;
    const range = {
      offset: Math.floor(first / CODES),
      count,
      outcome: code & ~RETRIED,
      retried: (code & RETRIED) !== 0,
      unlogged: false,
    };
    writeAck(bytes, length, range);
    length += ACK_BYTES;
    index += count;
  }
  return bytes.subarray(0, length);
}
