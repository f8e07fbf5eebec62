import { encodeProperties, type PublishView, publishHeader, publishLength, writePublish } from '@millrace/mqtt-codec';
import { WireView } from '../delivery/wire-view.ts';
import type { TopicEntry } from '../topic/topic-cache.ts';

/** The topic aliases a client has set on this connection [MQTT-3.3.2-7]. */
export class TopicAliases {
  readonly #maximum: number;
  readonly #topics = new Map<number, TopicEntry>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Whether the broker has offered so many [MQTT-3.3.2-9]. */
  allows(alias: number): boolean {
    return alias <= this.#maximum;
  }

  set(alias: number, entry: TopicEntry): void {
    this.#topics.set(alias, entry);
  }

  get(alias: number): TopicEntry | undefined {
    return this.#topics.get(alias);
  }
}

/** The packet as it would be without its alias: aliases mean nothing on other connections. */
export function withoutAlias(view: PublishView, entry: TopicEntry): WireView {
  const { topicAlias: _alias, ...properties } = view.properties() ?? {};
  const propertyBytes = encodeProperties(properties);
  const payload = view.bytes.subarray(view.payloadStart, view.end);
  const content = { topicBytes: entry.bytes, payload, propertyBytes };
  const bytes = Buffer.allocUnsafe(publishLength(content, 5, view.qos));
  writePublish(bytes, 0, content, 5, publishHeader(view.qos, view.retain, view.dup), view.packetId);

  const plain = new WireView();
  plain.bytes = bytes;
  plain.end = bytes.length;
  plain.qos = view.qos;
  plain.retain = view.retain;
  plain.dup = view.dup;
  plain.payloadStart = plain.end - payload.length;
  plain.propertiesEnd = plain.payloadStart;
  plain.propertiesStart = plain.propertiesEnd - propertyBytes.length;
  plain.topicStart = topicStart(bytes);
  plain.topicEnd = plain.topicStart + entry.bytes.length;
  plain.packetId = view.packetId;
  plain.packetIdAt = plain.topicEnd;
  plain.messageExpiryInterval = view.messageExpiryInterval;
  return plain;
}

function topicStart(bytes: Buffer): number {
  let at = 1;
  while ((bytes[at] ?? 0) > 0x7f) at += 1;
  return at + 3;
}
