import {
  encodeProperties,
  forwardedLength,
  forwardPublish,
  type Properties,
  type PublishContent,
  type PublishView,
  publishHeader,
  publishLength,
  type Qos,
  writePublish,
} from '@millrace/mqtt-codec';
import type { Message, Publisher } from '../message.ts';
import type { TopicEntry } from '../topic/topic-cache.ts';
import { createMessageId } from './message-id.ts';
import { reserve, store } from './slab.ts';
import { propertiesIn, WireView } from './wire-view.ts';

/** A PUBLISH encoded for a kind of receiver. `packetIdAt` is -1 when it has none. */
export interface Shape {
  readonly bytes: Buffer;
  readonly packetIdAt: number;
}

/** Everything about a publish made inside the node. */
export interface PublicationParts {
  readonly entry: TopicEntry;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly properties: Properties | undefined;
  readonly publisher: Publisher;
  readonly timestamp: number;
  readonly origin: string | undefined;
}

const NO_BYTES = Buffer.alloc(0);
const forwardView = new WireView();

/**
 * A message on its way, as an encoded PUBLISH packet: the received bytes themselves while nobody needs it for longer
 * than the turn, a copy in a slab after `keep`. It is never taken apart unless someone asks.
 *
 * Its own bytes are the *shape* for receivers of the same kind (version below 5 or not, with packet id or not); other shapes
 * are encoded once each, when a receiver needs them.
 */
export class Publication implements Message {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  topicStart = 0;
  topicEnd = 0;
  /** -1 when the packet has none. */
  packetIdAt = -1;
  propertiesStart = 0;
  propertiesEnd = 0;
  payloadStart = 0;
  /** The bytes have a property section. */
  isVersion5 = false;
  qos: Qos = 0;
  retain = false;
  dup = false;
  /** Bytes of its own: may be held. */
  isKept = false;
  entry!: TopicEntry; // set by receive and compose
  publisher!: Publisher; // set by receive and compose
  timestamp = 0;
  /** ms since the epoch; Infinity: never. */
  expiresAt = Number.POSITIVE_INFINITY;
  origin: string | undefined;
  #id: string | undefined;
  #payload: Buffer | undefined;
  #properties: Properties | undefined;
  #shapes: (Shape | undefined)[] | undefined;

  /** Takes over what a client sent. `view` has its topic and no topic alias. */
  receive(view: PublishView, isVersion5: boolean, entry: TopicEntry, publisher: Publisher, timestamp: number): void {
    this.bytes = view.bytes;
    this.start = view.start;
    this.end = view.end;
    this.topicStart = view.topicStart;
    this.topicEnd = view.topicEnd;
    this.packetIdAt = view.qos === 0 ? -1 : view.packetIdAt;
    this.propertiesStart = view.propertiesStart;
    this.propertiesEnd = view.propertiesEnd;
    this.payloadStart = view.payloadStart;
    this.isVersion5 = isVersion5;
    this.qos = view.qos;
    this.retain = view.retain;
    this.dup = view.dup;
    this.entry = entry;
    this.publisher = publisher;
    this.timestamp = timestamp;
    this.expiresAt =
      view.messageExpiryInterval < 0 ? Number.POSITIVE_INFINITY : timestamp + view.messageExpiryInterval * 1_000;
    this.#id = undefined;
    this.#payload = undefined;
    this.#properties = undefined;
    this.#shapes = undefined;
  }

  /** Encodes a message from its parts, into memory of its own. Throws `RangeError` for what MQTT cannot express. */
  static compose(parts: PublicationParts): Publication {
    const { entry, payload, qos, properties } = parts;
    const propertyBytes = properties === undefined ? undefined : encodeProperties(properties);
    const version = propertyBytes === undefined ? 4 : 5;
    const content: PublishContent = { topicBytes: entry.bytes, payload, propertyBytes };
    const length = publishLength(content, version, qos);
    const { bytes, at } = reserve(length);
    writePublish(bytes, at, content, version, publishHeader(qos, false, false), 0);

    const publication = new Publication();
    publication.bytes = bytes;
    publication.start = at;
    publication.end = at + length;
    publication.payloadStart = publication.end - payload.length;
    publication.propertiesEnd = publication.payloadStart;
    publication.propertiesStart = publication.payloadStart - (propertyBytes?.length ?? 0);
    publication.topicStart = at + topicOffset(bytes, at);
    publication.topicEnd = publication.topicStart + entry.bytes.length;
    publication.packetIdAt = qos === 0 ? -1 : publication.topicEnd;
    publication.isVersion5 = version === 5;
    publication.qos = qos;
    publication.retain = parts.retain;
    publication.dup = parts.dup;
    publication.isKept = true;
    publication.entry = entry;
    publication.publisher = parts.publisher;
    publication.timestamp = parts.timestamp;
    publication.origin = parts.origin;
    const expiry = properties?.messageExpiryInterval;
    if (expiry !== undefined) publication.expiresAt = parts.timestamp + expiry * 1_000;
    return publication;
  }

  get id(): string {
    this.#id ??= createMessageId(this.timestamp);
    return this.#id;
  }

  get topic(): string {
    return this.entry.topic;
  }

  get payload(): Buffer {
    this.#payload ??= this.bytes.subarray(this.payloadStart, this.end);
    return this.#payload;
  }

  get payloadLength(): number {
    return this.end - this.payloadStart;
  }

  get properties(): Properties | undefined {
    this.#properties ??= propertiesIn(this.bytes, this.propertiesStart, this.propertiesEnd);
    return this.#properties;
  }

  keep(): this {
    if (this.isKept) return this;
    const { bytes, at } = store(this.bytes, this.start, this.end);
    const shift = at - this.start;
    this.bytes = bytes;
    this.start = at;
    this.end += shift;
    this.topicStart += shift;
    this.topicEnd += shift;
    if (this.packetIdAt >= 0) this.packetIdAt += shift;
    this.propertiesStart += shift;
    this.propertiesEnd += shift;
    this.payloadStart += shift;
    this.#payload = undefined;
    this.isKept = true;
    return this;
  }

  /** The message expires after that time at the latest. */
  limitLife(mostMs: number): void {
    this.expiresAt = Math.min(this.expiresAt, this.timestamp + mostMs);
  }

  isExpired(now: number): boolean {
    return now >= this.expiresAt;
  }

  /** Whether the bytes can be sent to such a receiver as they are, first byte and packet id aside. */
  fits(isVersion5: boolean, hasPacketId: boolean, now: number): boolean {
    return (
      this.isVersion5 === isVersion5 &&
      this.packetIdAt >= 0 === hasPacketId &&
      (!isVersion5 || this.expiresAt === Number.POSITIVE_INFINITY || now - this.timestamp < 1_000)
    );
  }

  /** The packet for another kind of receiver. */
  shape(isVersion5: boolean, hasPacketId: boolean, identifiers: readonly number[] | undefined, now: number): Shape {
    const isAged = this.expiresAt !== Number.POSITIVE_INFINITY && now - this.timestamp >= 1_000;
    if (isVersion5 && (identifiers !== undefined || isAged)) return this.#individual(hasPacketId, identifiers, now);
    const index = (isVersion5 ? 2 : 0) + (hasPacketId ? 1 : 0);
    this.#shapes ??= [undefined, undefined, undefined, undefined];
    let shape = this.#shapes[index];
    if (shape === undefined) {
      shape = this.#forward(isVersion5, hasPacketId);
      this.#shapes[index] = shape;
    }
    return shape;
  }

  #forward(isVersion5: boolean, hasPacketId: boolean): Shape {
    const view = forwardView;
    view.bytes = this.bytes;
    view.topicStart = this.topicStart;
    view.topicEnd = this.topicEnd;
    view.propertiesStart = this.propertiesStart;
    view.propertiesEnd = this.propertiesEnd;
    view.payloadStart = this.payloadStart;
    view.end = this.end;
    const version = isVersion5 ? 5 : 4;
    const qos = hasPacketId ? 1 : 0;
    const bytes = Buffer.allocUnsafe(forwardedLength(view, version, qos));
    forwardPublish(bytes, 0, view, version, publishHeader(qos, false, false), 0);
    view.bytes = NO_BYTES;
    return { bytes, packetIdAt: hasPacketId ? topicOffset(bytes, 0) + this.entry.bytes.length : -1 };
  }

  /** With subscription identifiers [MQTT-3.3.4-3] and what is left of the expiry interval [MQTT-3.3.2-6]. */
  #individual(hasPacketId: boolean, identifiers: readonly number[] | undefined, now: number): Shape {
    const properties: Properties = { ...this.properties };
    if (identifiers !== undefined) properties.subscriptionIdentifiers = [...identifiers];
    if (properties.messageExpiryInterval !== undefined) {
      properties.messageExpiryInterval = Math.max(0, Math.ceil((this.expiresAt - now) / 1_000));
    }
    const content: PublishContent = {
      topicBytes: this.entry.bytes,
      payload: this.payload,
      propertyBytes: encodeProperties(properties),
    };
    const qos = hasPacketId ? 1 : 0;
    const bytes = Buffer.allocUnsafe(publishLength(content, 5, qos));
    writePublish(bytes, 0, content, 5, publishHeader(qos, false, false), 0);
    return { bytes, packetIdAt: hasPacketId ? topicOffset(bytes, 0) + this.entry.bytes.length : -1 };
  }
}

/** Bytes from the first one of a PUBLISH to its topic: fixed header and topic length. */
function topicOffset(bytes: Buffer, at: number): number {
  let offset = 1;
  while ((bytes[at + offset] ?? 0) > 0x7f) offset += 1;
  return offset + 3;
}
