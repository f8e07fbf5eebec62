import {
  type AckKind,
  encodePacket,
  type MalformedPacketError,
  type Packet,
  type PacketHandler,
  PacketReader,
  type Properties,
  type PublishView,
  ReasonCode,
} from '@millrace/mqtt-codec';
import type { Context } from '../context.ts';
import { Output } from '../delivery/output.ts';
import type { Transport, TransportListener } from '../delivery/transport.ts';
import { copyView } from '../delivery/wire-view.ts';
import type { ClientInfo } from '../hook/hooks.ts';
import type { AckGate } from '../message.ts';
import { createTraffic, type SessionLink } from '../session/link.ts';
import type { Session } from '../session/session.ts';
import { WheelTimer } from '../session/timer-wheel.ts';
import { AckQueue, type AckTarget } from './ack-queue.ts';
import { AuthorizationCache } from './authorization-cache.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import { handleConnect } from './handle-connect.ts';
import { handleDisconnect } from './handle-disconnect.ts';
import { handleSubscribe, handleUnsubscribe } from './handle-subscribe.ts';
import { type FlowOwner, InboundFlow } from './inbound-flow.ts';
import { PublishReceiver } from './publish-receiver.ts';

const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 0x62;
const PUBCOMP = 0x70;
/** Held acknowledgements at which reading pauses, when the client may have more messages under way than this. */
const MOST_HELD_ACKS = 1_000;
/** How long a closed connection may take to get its last bytes out. */
const LINGER_MS = 2_000;

export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'closed';

/** Why a connection ends, in EMQX's words, and what a client of MQTT 5 is told. */
export interface CloseReason {
  readonly reason: string;
  /** Sent in DISCONNECT; undefined sends none. */
  readonly reasonCode?: number | undefined;
  /** The client said good-bye: its will is forgotten. */
  readonly isNormal?: boolean;
  readonly properties?: Properties | undefined;
}

/**
 * One client's connection: bytes in, packets handled in order, bytes out. What survives it is in its `Session`.
 *
 * idle (before CONNECT) → connecting (authentication) → connected → closed
 */
export class Connection implements PacketHandler, TransportListener, SessionLink, FlowOwner, AckTarget {
  readonly context: Context;
  readonly transport: Transport;
  readonly output: Output;
  readonly owner: ConnectionOwner;
  readonly sent = createTraffic();
  readonly receivedTraffic = createTraffic();
  bytesReceived = 0;
  state: ConnectionState = 'idle';
  session!: Session; // set when connected
  info!: ClientInfo; // set when connecting
  isVersion5 = false;
  isSuperuser = false;
  maximumPacketSize = Number.POSITIVE_INFINITY;
  receiveMaximum = 65_535;
  readonly #reader: PacketReader;
  readonly #timer: WheelTimer;
  #keepAliveMs = 0;
  #activeAt: number;
  #isPausedForAcks = false;
  #isTransportClosed = false;
  #flow: InboundFlow | undefined;
  #acks: AckQueue | undefined;
  #publishes: PublishReceiver | undefined;
  #authorizations: AuthorizationCache | undefined;

  constructor(context: Context, transport: Transport, owner: ConnectionOwner) {
    this.context = context;
    this.transport = transport;
    this.owner = owner;
    this.output = new Output(transport, context.flushQueue, context.pool, context.counters);
    this.#reader = new PacketReader(this, { maxPacketSize: context.settings.maxPacketSize });
    this.#timer = new WheelTimer(() => this.#checkActivity());
    this.#activeAt = context.clock.tick();
    context.wheel.schedule(this.#timer, context.settings.idleTimeoutMs);
  }

  get authorizations(): AuthorizationCache {
    this.#authorizations ??= new AuthorizationCache(this);
    return this.#authorizations;
  }

  get flow(): InboundFlow {
    this.#flow ??= new InboundFlow(this);
    return this.#flow;
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  get version(): 3 | 4 | 5 {
    return this.#reader.version;
  }

  get listenerId(): string {
    return this.owner.listenerId;
  }

  // Transport

  received(chunk: Buffer): void {
    if (this.state === 'closed') return;
    const { context } = this;
    context.counters.bytesReceived += chunk.length;
    this.bytesReceived += chunk.length;
    this.#activeAt = context.clock.tick();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Handling a packet threw: a bug of ours, which must not cost more than this connection. */
  failed(error: unknown): void {
    this.context.log.error({ error, clientid: this.info?.clientId }, 'connection closed: internal error');
    this.close({ reason: 'internal_error', reasonCode: ReasonCode.unspecified_error });
  }

  drained(): void {
    this.output.drained();
  }

  closed(error: Error | undefined): void {
    if (error !== undefined)
      this.context.log.debug({ error, clientid: this.info?.clientId }, 'socket closed with an error');
    this.#isTransportClosed = true;
    this.#finish({ reason: 'tcp_closed' });
  }

  // Packets

  onPublish(view: PublishView): void {
    if (this.#flow?.isDeferring) {
      const copy = copyView(view);
      this.#flow.add(() => this.onPublish(copy));
      return;
    }
    if (this.state !== 'connected') return;
    this.receivedTraffic.packets += 1;
    this.#publishes ??= new PublishReceiver(this);
    this.#publishes.receive(view);
  }

  onAck(kind: AckKind, packetId: number, reasonCode: number): void {
    if (this.#flow?.isDeferring) {
      this.#flow.add(() => this.onAck(kind, packetId, reasonCode));
      return;
    }
    if (this.state !== 'connected') return;
    const { counters } = this.context;
    this.receivedTraffic.packets += 1;
    switch (kind) {
      case 4:
        counters.pubackReceived += 1;
        this.session.acknowledge(packetId);
        return;
      case 5:
        counters.pubrecReceived += 1;
        this.#receivePubrec(packetId, reasonCode);
        return;
      case 6:
        counters.pubrelReceived += 1;
        this.#receivePubrel(packetId);
        return;
      case 7:
        counters.pubcompReceived += 1;
        this.session.complete(packetId);
        return;
    }
  }

  onPacket(packet: Packet): void {
    if (this.#flow?.isDeferring) {
      this.#flow.add(() => this.onPacket(packet));
      return;
    }
    if (this.state === 'closed') return;
    this.receivedTraffic.packets += 1;
    const { counters } = this.context;
    switch (packet.type) {
      case 'connect':
        counters.connectReceived += 1;
        handleConnect(this, packet);
        return;
      case 'subscribe':
        counters.subscribeReceived += 1;
        handleSubscribe(this, packet);
        return;
      case 'unsubscribe':
        counters.unsubscribeReceived += 1;
        handleUnsubscribe(this, packet);
        return;
      case 'pingreq':
        counters.pingreqReceived += 1;
        counters.pingrespSent += 1;
        this.send({ type: 'pingresp' }); // [MQTT-3.12.4-1]
        return;
      case 'disconnect':
        counters.disconnectReceived += 1;
        handleDisconnect(this, packet);
        return;
      case 'auth':
        counters.authReceived += 1;
        // No authentication exchange is ever under way [MQTT-4.12.0-1].
        this.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
        return;
      default:
        this.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
    }
  }

  onError(error: MalformedPacketError): void {
    if (this.state === 'closed') return;
    this.owner.malformed(this, error);
    const reason = error.reasonCode === ReasonCode.packet_too_large ? 'frame_too_large' : 'frame_error';
    if (this.state === 'idle') this.#refuseGreeting(error, reason);
    else this.close({ reason, reasonCode: error.reasonCode });
  }

  // Out

  send(packet: Packet): void {
    this.sent.packets += 1;
    this.output.write(encodePacket(packet, this.version));
  }

  /** PUBACK or PUBREC, behind everything that waits for a gate. */
  acknowledge(qos: number, packetId: number, reasonCode: number, gate: AckGate | undefined): void {
    const header = qos === 1 ? PUBACK : PUBREC;
    const isHeld = (gate !== undefined && !gate.isOpen) || (this.#acks !== undefined && this.#acks.length > 0);
    if (isHeld) this.#holdAck(gate, header, packetId, reasonCode);
    else this.sendAck(header, packetId, reasonCode);
  }

  sendAck(header: number, packetId: number, reasonCode: number): void {
    if (header === PUBACK) this.context.counters.pubackSent += 1;
    else if (header === PUBREC) this.context.counters.pubrecSent += 1;
    else if (header === PUBCOMP) this.context.counters.pubcompSent += 1;
    else this.context.counters.pubrelSent += 1;
    this.sent.packets += 1;
    if (reasonCode !== 0 && this.isVersion5) this.output.writeAckWithReason(header, packetId, reasonCode);
    else this.output.writeAck(header, packetId);
  }

  /** CONNACK with an error, then the end [MQTT-3.1.4-6]. */
  refuse(reasonCode: number, reason: string): void {
    this.owner.refused(this, reasonCode);
    this.#finish({ reason });
  }

  /** Ends the connection from our side. */
  close(why: CloseReason): void {
    if (this.state === 'closed') return;
    if (this.isVersion5 && why.reasonCode !== undefined && this.state === 'connected') {
      this.send({ type: 'disconnect', reasonCode: why.reasonCode });
      this.context.counters.disconnectSent += 1;
    }
    this.#finish(why);
  }

  /** Another part of the node ends the connection. */
  terminate(reasonCode: number, reason: string): void {
    this.close({ reason, reasonCode });
  }

  /** CONNECT has been accepted: from now on the keep-alive counts [MQTT-3.1.2-22]. */
  startKeepAlive(seconds: number): void {
    this.#keepAliveMs = seconds * 1_000 * this.context.settings.keepAliveMultiplier;
    if (this.#keepAliveMs > 0) this.context.wheel.schedule(this.#timer, this.#keepAliveMs);
    else this.context.wheel.cancel(this.#timer);
  }

  #checkActivity(): void {
    if (this.state !== 'connected') {
      this.#finish({ reason: 'idle_timeout' });
      return;
    }
    // While we do not read we cannot know.
    const silence = this.#flow?.isPaused ? 0 : this.context.clock.tick() - this.#activeAt;
    if (silence < this.#keepAliveMs) this.context.wheel.schedule(this.#timer, this.#keepAliveMs - silence);
    else this.close({ reason: 'keepalive_timeout', reasonCode: ReasonCode.keepalive_timeout });
  }

  #holdAck(gate: AckGate | undefined, header: number, packetId: number, reasonCode: number): void {
    this.#acks ??= new AckQueue(this);
    this.#acks.hold(gate, header, packetId, reasonCode);
    this.context.flushQueue.request();
    if (this.#acks.length >= MOST_HELD_ACKS && !this.#isPausedForAcks) {
      this.#isPausedForAcks = true;
      this.flow.pause();
    }
  }

  acksReleased(): void {
    if (!this.#isPausedForAcks || (this.#acks?.length ?? 0) > MOST_HELD_ACKS / 2) return;
    this.#isPausedForAcks = false;
    this.flow.resume();
  }

  /** Who does not speak MQTT gets no answer [MQTT-3.1.4-1]; a version we do not speak gets one [MQTT-3.1.2-2]. */
  #refuseGreeting(error: MalformedPacketError, reason: string): void {
    this.isVersion5 = this.version === 5;
    if (this.isVersion5 || error.reasonCode === ReasonCode.unsupported_protocol_version)
      this.refuse(error.reasonCode, reason);
    else this.#finish({ reason });
  }

  #receivePubrec(packetId: number, reasonCode: number): void {
    // An unknown id is answered all the same, so that the client can forget it.
    if (!this.session.received(packetId, reasonCode) && reasonCode < 0x80) {
      this.sendAck(PUBREL, packetId, ReasonCode.packet_identifier_not_found);
    }
  }

  #receivePubrel(packetId: number): void {
    const isKnown = this.session.awaitingRelease.release(packetId);
    if (!isKnown) this.context.counters.pubrelMissed += 1;
    // [MQTT-4.3.3-11]
    this.sendAck(PUBCOMP, packetId, isKnown ? ReasonCode.success : ReasonCode.packet_identifier_not_found);
  }

  #finish(why: CloseReason): void {
    if (this.state === 'closed') return;
    const wasConnected = this.state === 'connected';
    this.state = 'closed';
    this.#reader.stop();
    this.context.wheel.cancel(this.#timer);
    this.#acks?.abandon();
    this.#endTransport();
    if (wasConnected) this.owner.disconnected(this, why);
    this.owner.ended(this);
  }

  #endTransport(): void {
    if (this.#isTransportClosed) {
      this.output.close();
      return;
    }
    this.output.release();
    this.context.flushQueue.flushEarly(this.output);
    this.output.close();
    this.transport.resume();
    this.transport.end();
    // A peer that neither reads nor closes must not keep the socket.
    const { transport, context } = this;
    context.wheel.schedule(new WheelTimer(() => transport.destroy()), LINGER_MS);
  }
}
