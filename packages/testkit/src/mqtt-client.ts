import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
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
  type Properties,
  type ProtocolVersion,
  type PublishPacket,
  type PublishView,
  publishPacketOf,
  type Qos,
  type Subscription,
} from '@millrace/mqtt-codec';
import { eventually } from './eventually.ts';

export interface MqttClientOptions extends Partial<Omit<ConnectPacket, 'type'>> {
  readonly port: number;
  readonly host?: string;
  /** Acknowledges what it receives. Default true; without it a test can hold the broker's window. */
  readonly acknowledges?: boolean;
}

export interface PublishOptions {
  readonly qos?: Qos;
  readonly retain?: boolean;
  readonly properties?: Properties;
}

const ACK_TYPES: Readonly<Record<AckKind, AckPacket['type']>> = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' };
const MAX_PACKET_ID = 65_535;

type Answer = AckPacket | Extract<Packet, { type: 'suback' | 'unsuback' }>;

/** An MQTT client for tests: connects, publishes, subscribes, and keeps what it gets. It never reconnects. */
export class MqttTestClient implements AsyncDisposable {
  /** PUBLISH packets in order of arrival, duplicates included. */
  readonly messages: PublishPacket[] = [];
  /** The broker's answer to CONNECT. */
  connack: ConnackPacket | undefined;
  /** DISCONNECT of the broker, with its reason code (MQTT 5). */
  disconnected: Extract<Packet, { type: 'disconnect' }> | undefined;
  readonly #socket: Socket;
  readonly #version: ProtocolVersion;
  readonly #acknowledges: boolean;
  readonly #reader: PacketReader;
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  #lastPacketId = 0;
  #failure: Error | undefined;

  private constructor(socket: Socket, version: ProtocolVersion, acknowledges: boolean) {
    this.#socket = socket;
    this.#version = version;
    this.#acknowledges = acknowledges;
    this.#reader = new PacketReader(this.#handler(), { role: 'client' });
    this.#reader.version = version;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#reader.push(chunk);
    });
    socket.on('error', (error) => (this.#failure ??= error));
    socket.once('close', () => {
      this.#rejectAll();
    });
  }

  /** Resolves with the client once CONNACK has come, whatever it says; see `connack`. */
  static async connect({
    port,
    host = '127.0.0.1',
    acknowledges = true,
    ...greeting
  }: MqttClientOptions): Promise<MqttTestClient> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    const version = greeting.protocolVersion ?? 5;
    const client = new MqttTestClient(socket, version, acknowledges);
    const defaults = { isBridge: false, cleanStart: true, keepAlive: 0, clientId: '' };
    client.#send({ type: 'connect', ...defaults, ...greeting, protocolVersion: version });
    await eventually(() => client.connack !== undefined || client.isClosed, { what: 'CONNACK', intervalMs: 2 });
    return client;
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Resolves once the broker has answered (QoS 1 and 2) or the bytes are handed over; the reason code is the broker's. */
  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions = {}): Promise<number> {
    const { qos = 0, retain = false, properties } = options;
    const content = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const packet = { type: 'publish', topic, payload: content, qos, retain, dup: false } as const;
    const extra = properties === undefined ? {} : { properties };
    if (qos === 0) {
      this.#send({ ...packet, ...extra });
      return 0;
    }
    const answer = await this.#ask((packetId) => ({ ...packet, ...extra, packetId }));
    return 'reasonCode' in answer ? answer.reasonCode : 0;
  }

  /** The granted QoS or reason code of each filter. */
  async subscribe(
    filters: string | readonly (string | Partial<Subscription>)[],
    qos: Qos = 0,
  ): Promise<readonly number[]> {
    const subscriptions = (typeof filters === 'string' ? [filters] : filters).map((filter) => ({
      topicFilter: '',
      qos,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
      ...(typeof filter === 'string' ? { topicFilter: filter } : filter),
    }));
    const answer = await this.#ask((packetId) => ({ type: 'subscribe', packetId, subscriptions }));
    return 'reasonCodes' in answer ? answer.reasonCodes : [];
  }

  async unsubscribe(...topicFilters: readonly string[]): Promise<void> {
    await this.#ask((packetId) => ({ type: 'unsubscribe', packetId, topicFilters }));
  }

  /** The first `count` messages, once so many have come. */
  async received(count: number, timeoutMs = 5000): Promise<readonly PublishPacket[]> {
    await eventually(() => this.messages.length >= count, { timeoutMs, intervalMs: 5, what: `${count} messages` });
    return this.messages.slice(0, count);
  }

  /** Ends in the ordinary way, so that the will is not sent. */
  async disconnect(): Promise<void> {
    if (this.isClosed) return;
    const closed = once(this.#socket, 'close');
    this.#send({ type: 'disconnect', reasonCode: 0 });
    this.#socket.end();
    await closed;
  }

  /** Breaks the connection without a word, as a device does that loses its network. */
  destroy(): void {
    this.#socket.resetAndDestroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  #handler(): PacketHandler {
    return {
      onPublish: (view) => {
        this.#onPublish(view);
      },
      onAck: (kind, packetId, reasonCode) => {
        this.#onAck(ACK_TYPES[kind], packetId, reasonCode);
      },
      onPacket: (packet) => {
        this.#onPacket(packet);
      },
      onError: (error: MalformedPacketError) => {
        this.#failure = error;
        this.#socket.destroy();
      },
    };
  }

  #onPublish(view: PublishView): void {
    const packet = publishPacketOf(view);
    this.messages.push(packet);
    if (!this.#acknowledges || packet.packetId === undefined) return;
    this.#send({ type: packet.qos === 1 ? 'puback' : 'pubrec', packetId: packet.packetId, reasonCode: 0 });
  }

  #onAck(type: AckPacket['type'], packetId: number, reasonCode: number): void {
    if (type === 'pubrel') {
      if (this.#acknowledges) this.#send({ type: 'pubcomp', packetId, reasonCode: 0 });
    } else if (type === 'pubrec' && reasonCode < 0x80) {
      this.#send({ type: 'pubrel', packetId, reasonCode: 0 });
    } else {
      this.#settle({ type, packetId, reasonCode });
    }
  }

  #onPacket(packet: Packet): void {
    if (packet.type === 'connack') this.connack = packet;
    else if (packet.type === 'disconnect') this.disconnected = packet;
    else if (packet.type === 'suback' || packet.type === 'unsuback') this.#settle(packet);
  }

  #settle(answer: Answer): void {
    this.#waiting.get(answer.packetId)?.resolve(answer);
    this.#waiting.delete(answer.packetId);
  }

  async #ask(packet: (packetId: number) => Packet): Promise<Answer> {
    this.#lastPacketId = (this.#lastPacketId % MAX_PACKET_ID) + 1;
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.set(this.#lastPacketId, waiting);
    this.#send(packet(this.#lastPacketId));
    return await waiting.promise;
  }

  #send(packet: Packet): void {
    this.#socket.write(encodePacket(packet, this.#version));
  }

  #rejectAll(): void {
    const error = new Error('the connection was closed', { cause: this.#failure });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
