import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCounters } from '../metrics/counters.ts';
import { BufferPool } from './buffer-pool.ts';
import { FlushQueue } from './flush-queue.ts';
import { Output } from './output.ts';
import type { Transport } from './transport.ts';

/** Takes bytes at once, or keeps them until `drain`. */
class TestTransport implements Transport {
  readonly remoteAddress = undefined;
  readonly remotePort = undefined;
  readonly localAddress = undefined;
  readonly localPort = undefined;
  readonly taken: Buffer[] = [];
  #waiting: Buffer[] = [];
  isReading = true;

  get pendingBytes(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Buffer): boolean {
    if (this.isReading) this.taken.push(Buffer.from(bytes));
    else this.#waiting.push(bytes);
    return this.isReading;
  }

  drain(): void {
    for (const bytes of this.#waiting) this.taken.push(Buffer.from(bytes));
    this.#waiting = [];
    this.isReading = true;
  }

  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

function createOutput() {
  const transport = new TestTransport();
  const queue = new FlushQueue(() => {});
  const output = new Output(transport, queue, new BufferPool(), createCounters());
  return { transport, output };
}

const operation = fc.oneof(
  fc.record({ kind: fc.constant('ack' as const), id: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({ kind: fc.constant('write' as const), length: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({
    kind: fc.constant('publish' as const),
    length: fc.oneof(fc.integer({ min: 8, max: 200 }), fc.integer({ min: 8, max: 20_000 })),
    hasOtherHeader: fc.boolean(),
    id: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({ kind: fc.constant('flush' as const) }),
  fc.record({ kind: fc.constant('stall' as const) }),
  fc.record({ kind: fc.constant('drain' as const) }),
);

test('writes what was given, in order, whatever the run, the patches and the reader', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const { transport, output } = createOutput();
      const source = Buffer.alloc(60 * 20_000, 'source of packets ');
      const expected: Buffer[] = [];
      let at = 0;
      for (const step of operations) {
        if (step.kind === 'ack') {
          output.writeAck(0x40, step.id);
          expected.push(Buffer.from([0x40, 2, step.id >> 8, step.id & 0xff]));
        } else if (step.kind === 'write') {
          const bytes = Buffer.alloc(step.length, step.length & 0xff);
          output.write(bytes);
          expected.push(Buffer.from(bytes));
          bytes.fill(0);
        } else if (step.kind === 'publish') {
          const packet = Buffer.from(source.subarray(at, at + step.length));
          if (step.hasOtherHeader) packet[0] = 0xff;
          if (step.id > 0) packet.writeUInt16BE(step.id, 4);
          const idAt = step.id > 0 ? at + 4 : -1;
          output.writePublish(source, at, at + step.length, packet[0] ?? 0, idAt, step.id);
          expected.push(packet);
          at += step.length;
        } else if (step.kind === 'flush') output.flush();
        else if (step.kind === 'stall') transport.isReading = false;
        else {
          transport.drain();
          output.drained();
        }
      }
      transport.drain();
      output.drained();
      output.flush();
      transport.drain();

      assert.ok(Buffer.concat(transport.taken).equals(Buffer.concat(expected)));
      assert.equal(output.pendingBytes, 0);
      assert.equal(output.bytesWritten, Buffer.concat(expected).length);
    }),
  );
});

test('writes nothing while it is held and nothing after it is closed', () => {
  const { transport, output } = createOutput();
  output.hold();
  output.writeAck(0x40, 1);
  output.flush();
  assert.equal(transport.taken.length, 0);

  output.release();
  output.flush();
  assert.equal(transport.taken.length, 1);
  output.close();
  output.writeAck(0x40, 2);
  output.flush();

  assert.equal(transport.taken.length, 1);
});
