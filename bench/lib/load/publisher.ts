import { encodePacket, packetIdOffset, type Qos, writePacketId } from '@millrace/mqtt-codec';
import { Connection } from './connection.ts';
import type { LoadOptions } from './run-load.ts';
import { stampedPayload, writeSequence } from './stamp.ts';
import type { Tally } from './tally.ts';

const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
const LAST_PACKET_ID = 65_535;

/** Publishes one message again and again, only renumbered, up to `perWrite` of them in one write. */
export class Publisher {
  readonly #connection: Connection;
  readonly #tally: Tally;
  readonly #qos: Qos;
  readonly #perWrite: number;
  readonly #window: number;
  readonly #frameLength: number;
  readonly #packetIdAt: number;
  readonly #stampAt: number;
  #frames: Buffer;
  #sequence = 0;
  #packetId = 0;
  #unacknowledged = 0;

  private constructor(connection: Connection, options: LoadOptions, index: number, tally: Tally, onAck: AckSwitch) {
    const { bytes, stampAt } = stampedPayload(options.payload, options.size, index);
    const packet = {
      type: 'publish',
      topic: topicOf(index),
      payload: bytes,
      qos: options.qos,
      retain: false,
      dup: false,
    } as const;
    const frame = encodePacket(options.qos === 0 ? packet : { ...packet, packetId: 1 }, 4);
    this.#connection = connection;
    this.#tally = tally;
    this.#qos = options.qos;
    this.#perWrite = options.perWrite;
    this.#window = options.qos === 0 ? Number.POSITIVE_INFINITY : options.window;
    this.#frameLength = frame.length;
    this.#packetIdAt = options.qos === 0 ? 0 : packetIdOffset(frame);
    this.#stampAt = frame.length - bytes.length + stampAt;
    this.#frames = Buffer.concat(Array.from({ length: options.perWrite }, () => frame));
    onAck.target = (kind, packetId) => this.#acknowledged(kind, packetId);
  }

  /** `wake` is called when there may be room again for messages. */
  static async open(options: LoadOptions, index: number, tally: Tally, wake: () => void): Promise<Publisher> {
    const onAck: AckSwitch = { target: () => undefined };
    const connection = await Connection.open(options.port, `bench-p${index}`, {
      onPublish: () => undefined,
      onAck: (kind, packetId) => onAck.target(kind, packetId),
      onIdle: wake,
      onDrain: wake,
    });
    return new Publisher(connection, options, index, tally, onAck);
  }

  /** Writes one batch of at most `limit` messages, as window and socket allow; answers how many. */
  publish(limit: number): number {
    if (!this.#connection.isWritable) return 0;
    const count = Math.min(limit, this.#perWrite, this.#window - this.#unacknowledged);
    if (count <= 0) return 0;
    for (let index = 0; index < count; index++) this.#number(index * this.#frameLength);
    this.#connection.write(this.#frames.subarray(0, count * this.#frameLength));
    // The bytes belong to the socket until the kernel has them.
    if (!this.#connection.isWritable) this.#frames = Buffer.from(this.#frames);
    if (this.#qos > 0) this.#unacknowledged += count;
    return count;
  }

  #number(at: number): void {
    writeSequence(this.#frames, at + this.#stampAt, this.#sequence++);
    if (this.#qos === 0) return;
    this.#packetId = this.#packetId === LAST_PACKET_ID ? 1 : this.#packetId + 1;
    writePacketId(this.#frames, at + this.#packetIdAt, this.#packetId);
  }

  #acknowledged(kind: number, packetId: number): void {
    if (kind === PUBREC) {
      this.#connection.acknowledge(PUBREL, packetId);
    } else if (kind === PUBACK || kind === PUBCOMP) {
      this.#unacknowledged -= 1;
      this.#tally.acknowledged += 1;
    }
  }
}

/** Joins a connection to the publisher that is made after it. */
interface AckSwitch {
  target: (kind: number, packetId: number) => void;
}

export function topicOf(publisher: number): string {
  return `bench/${publisher}`;
}
