import type { Counters } from '../metrics/counters.ts';
import type { BufferPool } from './buffer-pool.ts';
import { copyBytes } from './copy-bytes.ts';
import type { Flushable, FlushQueue } from './flush-queue.ts';
import type { Transport } from './transport.ts';

/** More than this is not copied into the output buffer but written from where it lies. */
const DIRECT_BYTES = 8_192;
/** A buffer that is filled up to here within one turn is written before the turn ends. */
const EARLY_FLUSH_BYTES = 262_144;

/**
 * The output side of one connection. Bytes are gathered until the flush queue asks for them.
 *
 * Packets are not copied one by one: as long as they lie one after the other in the same memory (a pipelining publisher's
 * chunk, a queue in a slab) they are remembered as one *run*, together with the packet ids to be patched into the copy. Memory that
 * a run refers to must never change.
 */
export class Output implements Flushable {
  readonly #transport: Transport;
  readonly #queue: FlushQueue;
  readonly #pool: BufferPool;
  readonly #counters: Counters;
  /** Filled buffers and direct pieces, before what is in `#buffer`. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #buffer: Buffer | undefined;
  #length = 0;
  #runBytes: Buffer | undefined;
  #runStart = 0;
  #runEnd = 0;
  /** Pairs of offset in the run and packet id. */
  #patches: number[] | undefined;
  #isQueued = false;
  #isBlocked = false;
  #isHeld = false;
  #isClosed = false;
  /** Bytes handed to the transport since the connection began. */
  bytesWritten = 0;

  constructor(transport: Transport, queue: FlushQueue, pool: BufferPool, counters: Counters) {
    this.#transport = transport;
    this.#queue = queue;
    this.#pool = pool;
    this.#counters = counters;
  }

  /** Bytes that wait here or in the transport. */
  get pendingBytes(): number {
    return this.#gatheredBytes + this.#transport.pendingBytes;
  }

  /** The peer does not read as fast as we write. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  get #gatheredBytes(): number {
    return this.#pieceBytes + this.#length + (this.#runEnd - this.#runStart);
  }

  /** Appends bytes that may be reused at once. */
  write(bytes: Buffer): void {
    this.#settleRun();
    const at = this.#room(bytes.length);
    copyBytes(bytes, 0, bytes.length, this.#buffer!, at); // #room made it
    this.#touch();
  }

  /** Appends an acknowledgement without reason code. */
  writeAck(header: number, packetId: number): void {
    this.#settleRun();
    const at = this.#room(4);
    const buffer = this.#buffer!; // #room made it
    buffer[at] = header;
    buffer[at + 1] = 2;
    buffer[at + 2] = packetId >> 8;
    buffer[at + 3] = packetId & 0xff;
    this.#touch();
  }

  /** Appends an acknowledgement of MQTT 5 with a reason code. */
  writeAckWithReason(header: number, packetId: number, reasonCode: number): void {
    this.#settleRun();
    const at = this.#room(5);
    const buffer = this.#buffer!; // #room made it
    buffer[at] = header;
    buffer[at + 1] = 3;
    buffer[at + 2] = packetId >> 8;
    buffer[at + 3] = packetId & 0xff;
    buffer[at + 4] = reasonCode;
    this.#touch();
  }

  /**
   * Appends a PUBLISH packet that lies in memory that will not change, with `header` as its first byte and, when
   * `packetIdAt` is not negative, `packetId` at that offset of the bytes.
   */
  writePublish(bytes: Buffer, start: number, end: number, header: number, packetIdAt: number, packetId: number): void {
    if (bytes[start] !== header) this.#writePatched(bytes, start, end, header, packetIdAt, packetId);
    else {
      if (this.#runBytes !== bytes || this.#runEnd !== start) {
        this.#settleRun();
        this.#runBytes = bytes;
        this.#runStart = start;
      }
      this.#runEnd = end;
      if (packetIdAt >= 0) (this.#patches ??= []).push(packetIdAt - this.#runStart, packetId);
    }
    this.#touch();
  }

  /** The transport takes more again. */
  drained(): void {
    this.#isBlocked = false;
    if (this.#gatheredBytes > 0) this.#touch();
  }

  /** Gathers only, until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    if (this.#gatheredBytes > 0) this.#touch();
  }

  close(): void {
    this.#isClosed = true;
    this.#discard();
  }

  flush(): void {
    this.#isQueued = false;
    if (this.#isBlocked || this.#isHeld || this.#isClosed) return;
    this.#settleRun();
    if (this.#pieces.length > 0) this.#flushPieces();
    else if (this.#length > 0) this.#flushBuffer();
  }

  #flushBuffer(): void {
    const buffer = this.#buffer!; // has bytes
    this.bytesWritten += this.#length;
    this.#counters.bytesSent += this.#length;
    this.#buffer = undefined;
    const isRoomy = this.#transport.write(buffer.subarray(0, this.#length));
    this.#length = 0;
    // Otherwise the buffer is the transport's until it is written.
    if (this.#transport.pendingBytes === 0) this.#pool.release(buffer);
    if (!isRoomy) this.#isBlocked = true;
  }

  #flushPieces(): void {
    this.#closePiece();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.bytesWritten += this.#pieceBytes;
    this.#counters.bytesSent += this.#pieceBytes;
    this.#pieceBytes = 0;
    this.#transport.cork();
    let isRoomy = true;
    for (const piece of pieces) isRoomy = this.#transport.write(piece);
    this.#transport.uncork();
    if (!isRoomy && this.#transport.pendingBytes > 0) this.#isBlocked = true;
  }

  #touch(): void {
    if (this.#isClosed) {
      this.#discard();
      return;
    }
    if (!this.#isQueued && !this.#isBlocked && !this.#isHeld) {
      this.#isQueued = true;
      this.#queue.add(this);
    } else if (!this.#isBlocked && !this.#isHeld && this.#gatheredBytes > EARLY_FLUSH_BYTES)
      this.#queue.flushEarly(this);
  }

  /** Makes `bytes` of room in `#buffer`, counts them as used and answers where they begin. */
  #room(bytes: number): number {
    const buffer = this.#buffer;
    const at = this.#length;
    if (buffer === undefined) this.#buffer = this.#pool.acquire(bytes);
    else if (at + bytes > buffer.length) return this.#grow(buffer, bytes);
    this.#length = at + bytes;
    return at;
  }

  #grow(buffer: Buffer, bytes: number): number {
    const used = this.#length;
    const larger = this.#pool.acquire(used < 4_096 ? used + Math.max(bytes, 4_096) : bytes);
    if (used < 4_096) {
      copyBytes(buffer, 0, used, larger, 0);
      this.#pool.release(buffer);
      this.#buffer = larger;
      this.#length = used + bytes;
      return used;
    }
    this.#closePiece();
    this.#buffer = larger;
    this.#length = bytes;
    return 0;
  }

  #closePiece(): void {
    if (this.#buffer === undefined) return;
    if (this.#length > 0) this.#pushPiece(this.#buffer.subarray(0, this.#length));
    this.#buffer = undefined;
    this.#length = 0;
  }

  #pushPiece(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  #writePatched(bytes: Buffer, start: number, end: number, header: number, packetIdAt: number, packetId: number): void {
    this.#settleRun();
    const at = this.#room(end - start);
    const buffer = this.#buffer!; // #room made it
    copyBytes(bytes, start, end, buffer, at);
    buffer[at] = header;
    if (packetIdAt >= 0) patchId(buffer, at + packetIdAt - start, packetId);
  }

  /** Brings the run into the buffer, or between the pieces when it is large and needs no patches. */
  #settleRun(): void {
    const bytes = this.#runBytes;
    if (bytes === undefined) return;
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#runBytes = undefined;
    this.#runStart = this.#runEnd;
    const patches = this.#patches;
    if (end - start > DIRECT_BYTES && (patches === undefined || patches.length === 0)) {
      this.#closePiece();
      this.#pushPiece(bytes.subarray(start, end));
      return;
    }
    const at = this.#room(end - start);
    const buffer = this.#buffer!; // #room made it
    copyBytes(bytes, start, end, buffer, at);
    if (patches === undefined) return;
    for (let index = 0; index < patches.length; index += 2) {
      patchId(buffer, at + (patches[index] ?? 0), patches[index + 1] ?? 0);
    }
    patches.length = 0;
  }

  #discard(): void {
    if (this.#buffer !== undefined) this.#pool.release(this.#buffer);
    this.#buffer = undefined;
    this.#length = 0;
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#runBytes = undefined;
    this.#runStart = this.#runEnd;
    this.#patches = undefined;
  }
}

function patchId(buffer: Buffer, at: number, packetId: number): void {
  buffer[at] = packetId >> 8;
  buffer[at + 1] = packetId & 0xff;
}
