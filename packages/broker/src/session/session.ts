import type { Qos } from '@millrace/mqtt-codec';
import type { Context } from '../context.ts';
import type { Publication } from '../delivery/publication.ts';
import { publishSize, sendPublish } from '../delivery/send-publish.ts';
import type { ClientInfo } from '../hook/hooks.ts';
import { BackPressure } from '../router/back-pressure.ts';
import type { Receiver, Subscriber } from '../topic/receiver.ts';
import { AwaitingRelease } from './awaiting-release.ts';
import { DropCounts, type DropReason } from './drop-counts.ts';
import { type InflightEntry, InflightState, InflightWindow } from './inflight-window.ts';
import type { SessionLink } from './link.ts';
import { MessageQueue } from './message-queue.ts';
import type { SessionSubscription } from './session-subscription.ts';
import type { Will } from './will.ts';

const PUBREL = 0x62;
/** Output that waits in this process for a client that does not read; above it QoS 0 messages are dropped. */
const HIGH_WATERMARK_BYTES = 1_048_576;
/** While publishers are being slowed, a queue may exceed its limit by this factor: what they had already sent. */
const BURST_FACTOR = 8;
/** From here on, not even what had been read of them is taken. */
const URGENT_FACTOR = 4;
/**
 * Publishers are let go at this share of the queue. The lower, the more of their messages come in one read and the fewer
 * writes acknowledge them; at a quarter scenario D of bench/broker.ts took 30 % more CPU.
 */
const DRAINED_SHARE = 16;

/**
 * What the broker keeps for a client over its connections: subscriptions, unfinished deliveries, waiting messages.
 *
 * Parts that most clients never need are made when they are first needed: an idle session is a few dozen words.
 */
export class Session implements Subscriber {
  readonly clientId: string;
  readonly createdAt: number;
  /** The client as it last connected. */
  info: ClientInfo;
  link: SessionLink | undefined;
  disconnectedAt = 0;
  /** Seconds the session outlives its connection; Infinity: for good. */
  expiryInterval = 0;
  will: Will | undefined;
  /** QoS 2 ids that were forgotten because the client did not release them. */
  awaitingReleaseExpired = 0;
  readonly subscriptions = new Map<string, SessionSubscription>();
  readonly drops = new DropCounts();
  readonly #context: Context;
  #window: InflightWindow | undefined;
  #queue: MessageQueue | undefined;
  #awaitingRelease: AwaitingRelease | undefined;
  #backPressure: BackPressure | undefined;
  /** Deliveries of an earlier connection that have not been sent again yet, oldest first. */
  #resend: InflightEntry[] = [];
  #sendLimit: number;

  constructor(context: Context, info: ClientInfo) {
    this.#context = context;
    this.clientId = info.clientId;
    this.info = info;
    this.createdAt = context.clock.now;
    this.#sendLimit = context.settings.maxInflight;
  }

  get isConnected(): boolean {
    return this.link !== undefined;
  }

  get inflightCount(): number {
    return this.#window?.size ?? 0;
  }

  get queueLength(): number {
    return this.#queue?.length ?? 0;
  }

  /** Room for more messages that nobody waits for; false while the client is behind or away. */
  get hasRoom(): boolean {
    const { link } = this;
    if (link === undefined || link.output.pendingBytes > HIGH_WATERMARK_BYTES / 4) return false;
    return this.queueLength * 2 < this.#context.settings.maxMqueueLength;
  }

  get awaitingRelease(): AwaitingRelease {
    this.#awaitingRelease ??= new AwaitingRelease();
    return this.#awaitingRelease;
  }

  get awaitingReleaseCount(): number {
    return this.#awaitingRelease?.size ?? 0;
  }

  /** The session gets a connection: unfinished deliveries are sent again first, then what has waited. */
  attach(link: SessionLink): void {
    this.link = link;
    this.info = link.info;
    this.#sendLimit = Math.min(this.#context.settings.maxInflight, link.receiveMaximum);
    this.#resend = this.#window?.entries() ?? [];
    this.#pump();
  }

  detach(): void {
    this.link = undefined;
    this.disconnectedAt = this.#context.clock.now;
    this.#backPressure?.release();
    this.#trimQueue(this.#context.settings.maxMqueueLength);
  }

  deliver(publication: Publication, receiver: Receiver): void {
    const { link } = this;
    const isOwn = receiver.noLocal && publication.publisher.clientId === this.clientId;
    if (isOwn) {
      // [MQTT-3.8.3-3]
      this.drop(publication, 'no_local');
      return;
    }
    const qos = this.#effectiveQos(publication, receiver);
    if (link === undefined) this.#deliverOffline(publication, receiver, qos);
    else if (qos === 0) this.#sendQos0(link, publication, receiver, false);
    else if (this.#canSend()) this.#sendTracked(link, publication, receiver, qos, false);
    else this.#enqueue(publication, receiver, false);
  }

  /** A stored message for a new subscription. */
  deliverRetained(publication: Publication, receiver: Receiver): void {
    const { link } = this;
    const qos = this.#effectiveQos(publication, receiver);
    if (link === undefined) this.#enqueue(publication, receiver, true);
    else if (qos === 0) this.#sendQos0(link, publication, receiver, true);
    else if (this.#canSend()) this.#sendTracked(link, publication, receiver, qos, true);
    else this.#enqueue(publication, receiver, true);
  }

  /** PUBACK has come [MQTT-4.3.2-1]. */
  acknowledge(packetId: number): void {
    const window = this.#window;
    if (window?.stateOf(packetId) !== InflightState.puback) {
      this.#context.counters.pubackMissed += 1;
      return;
    }
    this.#countAcked(window.publicationOf(packetId));
    window.remove(packetId);
    this.#pump();
  }

  /** PUBREC has come; the answer says whether PUBREL answers it [MQTT-4.3.3-4]. */
  received(packetId: number, reasonCode: number): boolean {
    const window = this.#window;
    const state = window?.stateOf(packetId) ?? InflightState.free;
    if (window === undefined || state === InflightState.free || state === InflightState.puback) {
      this.#context.counters.pubrecMissed += 1;
      return false;
    }
    if (reasonCode >= 0x80) {
      window.remove(packetId);
      this.#pump();
      return true;
    }
    if (state === InflightState.pubrec) this.#countAcked(window.publicationOf(packetId));
    // The message must not be sent again from here on [MQTT-4.3.3-6].
    window.release(packetId);
    this.link?.output.writeAck(PUBREL, packetId);
    this.#context.counters.pubrelSent += 1;
    return true;
  }

  /** PUBCOMP has come. */
  complete(packetId: number): void {
    if (this.#window?.stateOf(packetId) !== InflightState.pubcomp) {
      this.#context.counters.pubcompMissed += 1;
      return;
    }
    this.#window.remove(packetId);
    this.#pump();
  }

  /** Forgets QoS 2 ids the client has not released in time. */
  expireAwaitingRelease(receivedBefore: number): void {
    const expired = this.#awaitingRelease?.expire(receivedBefore) ?? 0;
    this.awaitingReleaseExpired += expired;
    this.#context.counters.droppedAwaitPubrelTimeout += expired;
  }

  /** Messages that wait, oldest first. */
  queued(): Iterable<{ publication: Publication; receiver: Receiver }> {
    return this.#queue?.entries() ?? [];
  }

  inflight(): readonly InflightEntry[] {
    return this.#window?.entries() ?? [];
  }

  /** Everything undelivered, oldest first, and the end of it; the session is going away. */
  takeUndelivered(): { publication: Publication; receiver: Receiver }[] {
    const undelivered: { publication: Publication; receiver: Receiver }[] = [];
    for (const { publication, receiver } of this.inflight()) {
      if (publication !== undefined) undelivered.push({ publication, receiver });
    }
    undelivered.push(...this.queued());
    this.#window = undefined;
    this.#queue = undefined;
    this.#resend = [];
    return undelivered;
  }

  drop(publication: Publication, reason: DropReason): void {
    this.drops.count(reason, this.#context.counters);
    const { deliveryDropped } = this.#context.hooks.emit;
    if (deliveryDropped !== undefined) deliveryDropped({ message: publication, receiver: this.info, reason });
  }

  #effectiveQos(publication: Publication, receiver: Receiver): Qos {
    if (this.#context.settings.upgradeQos) return receiver.qos;
    return publication.qos < receiver.qos ? publication.qos : receiver.qos;
  }

  #canSend(): boolean {
    const window = this.#window;
    if (window === undefined) return true;
    return window.size < this.#sendLimit && this.#resend.length === 0 && (this.#queue?.length ?? 0) === 0;
  }

  #deliverOffline(publication: Publication, receiver: Receiver, qos: Qos): void {
    if (qos > 0 || this.#context.settings.mqueueStoreQos0) this.#enqueue(publication, receiver, false);
    else this.drop(publication, 'qos0_msg');
  }

  #sendQos0(link: SessionLink, publication: Publication, receiver: Receiver, isRetained: boolean): void {
    const { output } = link;
    if (output.isBlocked && output.pendingBytes > HIGH_WATERMARK_BYTES) {
      this.drop(publication, 'qos0_msg');
      return;
    }
    const { counters, clock } = this.#context;
    if (link.maximumPacketSize !== Number.POSITIVE_INFINITY && this.#isTooLarge(link, publication, receiver, 0)) return;
    sendPublish(link, publication, receiver, 0, 0, isRetained, false, clock.now);
    counters.qos0Sent += 1;
    link.sent.qos0 += 1;
    const { messageDelivered } = this.#context.hooks.emit;
    if (messageDelivered !== undefined) messageDelivered({ message: publication, receiver: link.info });
  }

  #sendTracked(link: SessionLink, publication: Publication, receiver: Receiver, qos: Qos, isRetained: boolean): void {
    const { counters, clock, settings } = this.#context;
    if (link.maximumPacketSize !== Number.POSITIVE_INFINITY && this.#isTooLarge(link, publication, receiver, qos))
      return;
    publication.keep();
    this.#window ??= new InflightWindow(settings.maxInflight);
    const state = qos === 1 ? InflightState.puback : InflightState.pubrec;
    const packetId = this.#window.add(publication, receiver, state, isRetained);
    sendPublish(link, publication, receiver, qos, packetId, isRetained, false, clock.now);
    if (qos === 1) {
      counters.qos1Sent += 1;
      link.sent.qos1 += 1;
    } else {
      counters.qos2Sent += 1;
      link.sent.qos2 += 1;
    }
    const { messageDelivered } = this.#context.hooks.emit;
    if (messageDelivered !== undefined) messageDelivered({ message: publication, receiver: link.info });
  }

  /** A message the client would refuse is dropped as if it had been sent [MQTT-3.1.2-25]. */
  #isTooLarge(link: SessionLink, publication: Publication, receiver: Receiver, qos: Qos): boolean {
    if (publishSize(link, publication, receiver, qos, this.#context.clock.now) <= link.maximumPacketSize) return false;
    this.drop(publication, 'too_large');
    return true;
  }

  #enqueue(publication: Publication, receiver: Receiver, isRetained: boolean): void {
    this.#queue ??= new MessageQueue();
    this.#queue.push(publication.keep(), receiver, isRetained);
    const limit = this.#context.settings.maxMqueueLength;
    if (this.#queue.length * 2 <= limit) return;
    if (this.link === undefined) this.#trimQueue(limit);
    else this.#askForPatience(limit);
  }

  #askForPatience(limit: number): void {
    this.#backPressure ??= new BackPressure({
      wheel: this.#context.wheel,
      window: () => this.#sendLimit,
      gaveUp: () => this.#trimQueue(limit),
    });
    if (this.#backPressure.isPatient) {
      this.#context.router.congested = this.#backPressure;
      if (this.queueLength > limit * URGENT_FACTOR) this.#backPressure.isUrgent = true;
      this.#trimQueue(limit * BURST_FACTOR);
    } else this.#trimQueue(limit);
  }

  #trimQueue(limit: number): void {
    const queue = this.#queue;
    while (queue !== undefined && queue.length > limit) {
      const publication = queue.head;
      const qos = publication === undefined ? 0 : this.#effectiveQos(publication, queue.headReceiver);
      queue.shift();
      if (publication !== undefined) this.drop(publication, qos === 0 ? 'qos0_msg' : 'queue_full');
    }
  }

  /** Sends as much of what waits as the client takes [MQTT-3.3.4-9]. */
  #pump(): void {
    const { link } = this;
    if (link === undefined) return;
    if (this.#resend.length > 0) this.#pumpResend(link);
    const queue = this.#queue;
    if (queue === undefined || queue.length === 0) return;
    this.#pumpQueue(link, queue);
    const pressure = this.#backPressure;
    if (pressure === undefined) return;
    pressure.progressed();
    if (queue.length * DRAINED_SHARE <= this.#context.settings.maxMqueueLength) pressure.release();
  }

  #pumpQueue(link: SessionLink, queue: MessageQueue): void {
    const { clock } = this.#context;
    for (let publication = queue.head; publication !== undefined; publication = queue.head) {
      const receiver = queue.headReceiver;
      const qos = this.#effectiveQos(publication, receiver);
      if (qos > 0 && (this.#window?.size ?? 0) - this.#resend.length >= this.#sendLimit) return;
      const isRetained = queue.isHeadRetained;
      queue.shift();
      // [MQTT-3.3.2-5]
      if (publication.isExpired(clock.now)) this.drop(publication, 'expired');
      else if (qos === 0) this.#sendQos0(link, publication, receiver, isRetained);
      else this.#sendTracked(link, publication, receiver, qos, isRetained);
    }
  }

  /** Sends unfinished deliveries again, in order, with their packet ids [MQTT-4.4.0-1] [MQTT-4.6.0-1]. */
  #pumpResend(link: SessionLink): void {
    const sent = () => (this.#window?.size ?? 0) - this.#resend.length;
    while (this.#resend.length > 0 && sent() < this.#sendLimit) {
      const entry = this.#resend.shift();
      if (entry !== undefined) this.#resendOne(link, entry);
    }
  }

  #resendOne(link: SessionLink, entry: InflightEntry): void {
    const { counters, clock } = this.#context;
    const { publication, receiver, packetId } = entry;
    if (publication === undefined) {
      link.output.writeAck(PUBREL, packetId);
      counters.pubrelSent += 1;
      return;
    }
    const qos = entry.state === InflightState.puback ? 1 : 2;
    // DUP tells that the client may have it already [MQTT-3.3.1-1].
    sendPublish(link, publication, receiver, qos, packetId, entry.isRetained, true, clock.now);
    counters.resent += 1;
    if (qos === 1) counters.qos1Sent += 1;
    else counters.qos2Sent += 1;
  }

  #countAcked(publication: Publication | undefined): void {
    this.#context.counters.messagesAcked += 1;
    const { messageAcked } = this.#context.hooks.emit;
    if (messageAcked !== undefined && publication !== undefined) {
      messageAcked({ message: publication, receiver: this.info });
    }
  }
}
