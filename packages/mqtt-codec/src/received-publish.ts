import { checkedVarintSize } from './byte-reader.ts';
import { uint16At, varintAt } from './bytes.ts';
import { malformed, protocolError } from './malformed.ts';
import type { Properties, ProtocolVersion, PublishPacket, Qos } from './packet.ts';
import { checkProperties, findNumber, readProperties } from './properties.ts';
import { PropertyOwner, propertyRow } from './property-table.ts';
import type { PublishView } from './publish-view.ts';

/*
 * PUBLISH: topic, packet id when QoS > 0, [properties from 5.0 on], payload
 *
 * flags   3 dup | 2-1 QoS | 0 retain
 */

const TOPIC_ALIAS = propertyRow('topicAlias');
const MESSAGE_EXPIRY_INTERVAL = propertyRow('messageExpiryInterval');
const NO_BYTES = Buffer.alloc(0);

/** The one view of a reader; `read` moves it to the next PUBLISH. */
export class ReceivedPublish implements PublishView {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  qos: Qos = 0;
  retain = false;
  dup = false;
  topicStart = 0;
  topicEnd = 0;
  packetId = 0;
  packetIdAt = 0;
  propertiesStart = 0;
  propertiesEnd = 0;
  payloadStart = 0;
  topicAlias = 0;
  messageExpiryInterval = -1;

  /** Reads the packet whose fixed header is at `start` and whose body is `bytes[body, end)`. Throws a `MalformedPacketError`. */
  read(bytes: Buffer, start: number, body: number, end: number, version: ProtocolVersion, isFromServer: boolean): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#readFlags(bytes[start]!); // the reader has seen it
    if (end - body < 2) throw malformed('PUBLISH ends before its topic');
    this.topicStart = body + 2;
    this.topicEnd = this.topicStart + uint16At(bytes, body);
    this.#readPacketId(end);
    const position = this.qos === 0 ? this.topicEnd : this.topicEnd + 2;
    if (version === 5) this.#readProperties(position, end, isFromServer);
    else this.#skipProperties(position);
    this.#checkTopic();
  }

  properties(): Properties | undefined {
    if (this.propertiesStart === this.propertiesEnd) return undefined;
    return readProperties(this.bytes, this.propertiesStart, this.propertiesEnd);
  }

  /** Lets go of the received bytes. */
  release(): void {
    this.bytes = NO_BYTES;
  }

  #readFlags(header: number): void {
    const qos = (header >> 1) & 0b11;
    if (qos === 3) throw malformed('the QoS of PUBLISH is 3', 'MQTT-3.3.1-4');
    this.qos = qos as Qos;
    this.dup = (header & 0b1000) !== 0;
    this.retain = (header & 1) !== 0;
    if (this.dup && qos === 0) throw malformed('PUBLISH has DUP set at QoS 0', 'MQTT-3.3.1-2');
  }

  #readPacketId(end: number): void {
    const at = this.topicEnd;
    const size = this.qos === 0 ? 0 : 2;
    if (at + size > end) throw malformed('PUBLISH ends inside its topic or packet identifier');
    this.packetIdAt = at;
    this.packetId = size === 0 ? 0 : uint16At(this.bytes, at);
    if (size !== 0 && this.packetId === 0) throw malformed('the packet identifier is 0', 'MQTT-2.2.1-3');
  }

  #readProperties(at: number, end: number, isFromServer: boolean): void {
    const { bytes } = this;
    const start = at + checkedVarintSize(bytes, at, end);
    const stop = start + varintAt(bytes, at);
    if (stop > end) throw malformed('PUBLISH ends inside its properties');
    this.#skipProperties(start);
    if (stop === start) return;
    const seen = checkProperties(bytes, start, stop, PropertyOwner.publish, isFromServer);
    this.propertiesEnd = stop;
    this.payloadStart = stop;
    if ((seen & TOPIC_ALIAS.bit) !== 0) this.topicAlias = findNumber(bytes, start, stop, TOPIC_ALIAS) ?? 0;
    if ((seen & MESSAGE_EXPIRY_INTERVAL.bit) !== 0) {
      this.messageExpiryInterval = findNumber(bytes, start, stop, MESSAGE_EXPIRY_INTERVAL) ?? -1;
    }
  }

  #skipProperties(at: number): void {
    this.propertiesStart = at;
    this.propertiesEnd = at;
    this.payloadStart = at;
    this.topicAlias = 0;
    this.messageExpiryInterval = -1;
  }

  #checkTopic(): void {
    if (this.topicStart === this.topicEnd && this.topicAlias === 0) {
      throw protocolError('PUBLISH has neither topic nor topic alias', 'MQTT-4.7.3-1');
    }
  }
}

/** A copy of a received PUBLISH that lasts. Its topic is decoded as it is, see {@link PublishView}. */
export function publishPacketOf(view: PublishView): PublishPacket {
  const properties = view.properties();
  return {
    type: 'publish',
    topic: view.bytes.toString('utf8', view.topicStart, view.topicEnd),
    payload: Buffer.from(view.bytes.subarray(view.payloadStart, view.end)),
    qos: view.qos,
    retain: view.retain,
    dup: view.dup,
    ...(view.qos > 0 && { packetId: view.packetId }),
    ...(properties && { properties }),
  };
}
