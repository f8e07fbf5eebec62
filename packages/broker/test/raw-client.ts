import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import {
  type AckKind,
  type AckPacket,
  type ConnackPacket,
  type ConnectPacket,
  encodePacket,
  type MalformedPacketError,
  type Packet,
  type PacketHandler,
  PacketReader,
  type ProtocolVersion,
  type PublishPacket,
  type PublishView,
  publishPacketOf,
  type Qos,
  type Subscription,
} from '@millrace/mqtt-codec';

const ACK_TYPES = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' } as const;
const PATIENCE_MS = 3_000;

type PacketOf<T extends Packet['type']> = T extends AckPacket['type'] ? AckPacket : Extract<Packet, { type: T }>;

export interface ConnectOptions extends Partial<Omit<ConnectPacket, 'type'>> {
  /** Answers PUBLISH and PUBREC by itself. Default true. */
  readonly acknowledges?: boolean;
}

/** A client that shows every packet as it comes, for tests. */
export class RawClient implements PacketHandler {
  readonly socket: Socket;
  readonly received: Packet[] = [];
  readonly closed: Promise<void>;
  isClosed = false;
  connack: ConnackPacket | undefined;
  readonly #version: ProtocolVersion;
  readonly #acknowledges: boolean;
  readonly #reader: PacketReader;
  #wakers: (() => void)[] = [];

  private constructor(socket: Socket, version: ProtocolVersion, acknowledges: boolean) {
    this.socket = socket;
    this.#version = version;
    this.#acknowledges = acknowledges;
    this.#reader = new PacketReader(this, { role: 'client' });
    this.#reader.version = version;
    socket.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** A socket that has not said anything. */
  static async open(port: number, version: ProtocolVersion = 4, acknowledges = true): Promise<RawClient> {
    const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket, version, acknowledges);
  }

  /** Connects and waits for CONNACK, whatever it says. */
  static async connect(port: number, options: ConnectOptions = {}): Promise<RawClient> {
    const { acknowledges = true, protocolVersion = 4, ...rest } = options;
    const client = await RawClient.open(port, protocolVersion, acknowledges);
    client.send({
      type: 'connect',
      protocolVersion,
      isBridge: false,
      cleanStart: true,
      keepAlive: 60,
      clientId: 'client',
      ...rest,
    });
    client.connack = await client.next('connack');
    return client;
  }

  send(packet: Packet): void {
    this.socket.write(encodePacket(packet, this.#version));
  }

  async subscribe(
    topicFilter: string,
    qos: Qos = 0,
    options: Partial<Subscription> & { identifier?: number } = {},
  ): Promise<readonly number[]> {
    const { identifier, ...rest } = options;
    const subscription = {
      topicFilter,
      qos,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
      ...rest,
    };
    this.send({
      type: 'subscribe',
      packetId: 77,
      subscriptions: [subscription],
      ...(identifier !== undefined && { properties: { subscriptionIdentifiers: [identifier] } }),
    });
    return (await this.next('suback')).reasonCodes;
  }

  publish(topic: string, payload: string, options: Partial<PublishPacket> = {}): void {
    this.send({
      type: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 0,
      retain: false,
      dup: false,
      ...((options.qos ?? 0) > 0 && { packetId: 1 }),
      ...options,
    });
  }

  /** Takes the first packet of that type, waiting for it. */
  async next<T extends Packet['type']>(type: T): Promise<PacketOf<T>> {
    const packet = await this.find(type);
    if (packet === undefined) throw new Error(`no ${type} came; came: ${this.received.map((one) => one.type).join()}`);
    return packet;
  }

  async find<T extends Packet['type']>(type: T, patienceMs = PATIENCE_MS): Promise<PacketOf<T> | undefined> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const index = this.received.findIndex((packet) => packet.type === type);
      if (index >= 0) return this.received.splice(index, 1)[0] as PacketOf<T>;
      const left = deadline - Date.now();
      if (left <= 0 || this.isClosed) return undefined;
      await this.#changed(left);
    }
  }

  /** The payload of the next message. */
  async text(): Promise<string> {
    return Buffer.from((await this.next('publish')).payload).toString();
  }

  async texts(count: number): Promise<string[]> {
    const texts: string[] = [];
    while (texts.length < count) texts.push(await this.text());
    return texts;
  }

  /** Everything sent before has been handled, and everything that was due to us has come. */
  async settle(): Promise<void> {
    this.send({ type: 'pingreq' });
    await this.next('pingresp');
  }

  async disconnect(): Promise<void> {
    this.send({ type: 'disconnect', reasonCode: 0 });
    await this.closed;
  }

  /** Goes without a word. */
  async drop(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  onPublish(view: PublishView): void {
    const packet = publishPacketOf(view);
    this.#arrived(packet);
    if (!this.#acknowledges || packet.packetId === undefined) return;
    this.#answer(packet.qos === 1 ? 'puback' : 'pubrec', packet.packetId);
  }

  onAck(kind: AckKind, packetId: number, reasonCode: number): void {
    this.#arrived({ type: ACK_TYPES[kind], packetId, reasonCode });
    if (!this.#acknowledges) return;
    if (kind === 5 && reasonCode < 0x80) this.#answer('pubrel', packetId);
    if (kind === 6) this.#answer('pubcomp', packetId);
  }

  onPacket(packet: Packet): void {
    this.#arrived(packet);
  }

  onError(error: MalformedPacketError): void {
    throw error;
  }

  #answer(type: AckPacket['type'], packetId: number): void {
    this.send({ type, packetId, reasonCode: 0 });
  }

  #arrived(packet: Packet): void {
    this.received.push(packet);
    this.#wake();
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  #changed(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#wakers.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
