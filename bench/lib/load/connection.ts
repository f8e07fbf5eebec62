import { connect, type Socket } from 'node:net';
import {
  ACK_SIZE,
  type AckKind,
  encodePacket,
  type Packet,
  PacketReader,
  type PublishView,
  writeAck,
} from '@millrace/mqtt-codec';

export interface ConnectionHandler {
  onPublish(publish: PublishView): void;
  onAck(kind: AckKind, packetId: number): void;
  /** The bytes of one read are done. */
  onIdle(): void;
  /** The socket takes bytes again. */
  onDrain(): void;
}

/** Shared by all connections: a reader keeps nothing of a chunk. */
const RECEIVED = Buffer.allocUnsafeSlow(1 << 18);

/** A client connection (MQTT 3.1.1) that costs little: bytes go out as they are, acknowledgements once per read. */
export class Connection {
  readonly #socket: Socket;
  readonly #handler: ConnectionHandler;
  readonly #reader: PacketReader;
  #acks = Buffer.allocUnsafe(ACK_SIZE * 64);
  #acksLength = 0;
  #answered: ((packet: Packet) => void) | undefined;

  private constructor(port: number, handler: ConnectionHandler) {
    this.#handler = handler;
    this.#reader = new PacketReader(
      {
        onPublish: (publish) => handler.onPublish(publish),
        onAck: (kind, packetId) => handler.onAck(kind, packetId),
        onPacket: (packet) => this.#answered?.(packet),
        onError: (error) => {
          throw error;
        },
      },
      { role: 'client' },
    );
    const onread = { buffer: RECEIVED, callback: (length: number) => this.#received(length) };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.on('drain', () => handler.onDrain());
    this.#socket.once('error', ({ message }) => {
      throw new Error(`the connection to the broker failed: ${message}`);
    });
    this.#socket.once('end', () => {
      throw new Error('the broker has closed a connection');
    });
  }

  static async open(port: number, clientId: string, handler: ConnectionHandler): Promise<Connection> {
    const connection = new Connection(port, handler);
    const hello = {
      type: 'connect',
      protocolVersion: 4,
      isBridge: false,
      cleanStart: true,
      keepAlive: 0,
      clientId,
    } as const;
    await connection.#request(hello);
    return connection;
  }

  async subscribe(topicFilter: string, qos: 0 | 1 | 2): Promise<void> {
    const subscription = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    const answer = await this.#request({ type: 'subscribe', packetId: 1, subscriptions: [subscription] });
    if (answer.type !== 'suback' || answer.reasonCodes[0] !== qos) throw new Error(`${topicFilter} was not granted`);
  }

  /** Whether the kernel has taken everything so far. */
  get isWritable(): boolean {
    return this.#socket.writableLength === 0;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends an acknowledgement together with the others of this read. */
  acknowledge(kind: AckKind, packetId: number): void {
    if (this.#acksLength === this.#acks.length) this.#acks = Buffer.concat([this.#acks], this.#acks.length * 2);
    this.#acksLength = writeAck(this.#acks, this.#acksLength, kind, packetId);
  }

  #received(length: number): boolean {
    this.#reader.push(RECEIVED.subarray(0, length));
    this.#flushAcks();
    this.#handler.onIdle();
    return true;
  }

  #flushAcks(): void {
    if (this.#acksLength === 0) return;
    this.#socket.write(this.#acks.subarray(0, this.#acksLength));
    // The bytes belong to the socket until the kernel has them.
    if (!this.isWritable) this.#acks = Buffer.allocUnsafe(this.#acks.length);
    this.#acksLength = 0;
  }

  async #request(packet: Packet): Promise<Packet> {
    const { promise, resolve } = Promise.withResolvers<Packet>();
    this.#answered = resolve;
    this.#socket.write(encodePacket(packet, 4));
    return promise;
  }
}
