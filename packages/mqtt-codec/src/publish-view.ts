import type { Properties, Qos } from './packet.ts';

/**
 * A received PUBLISH where it lies in the received bytes: offsets into `bytes`, no copies. One object per reader, reused
 * for every message: valid until `onPublish` returns, after which `bytes` is empty and the memory behind it may be used
 * again. `publishPacketOf` makes a copy that lasts.
 *
 * The reader has checked lengths, flags, packet id and the properties (identifiers, duplicates, values, UTF-8), and that
 * there is a topic or a topic alias. It has not looked at the bytes of the topic: their UTF-8 and wildcards are checked
 * by whoever first turns them into a string (`topicNameError`), since that is cached.
 */
export interface PublishView {
  readonly bytes: Buffer;
  /** First byte of the packet (fixed header). */
  readonly start: number;
  /** One past the last byte of the packet, which is also the end of the payload. */
  readonly end: number;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly topicStart: number;
  /** Equal to `topicStart` when the topic is empty (topic alias). */
  readonly topicEnd: number;
  /** 0 when `qos` is 0. */
  readonly packetId: number;
  /** Offset of the two packet id bytes; meaningless when `qos` is 0. */
  readonly packetIdAt: number;
  /** The properties after their length; empty range when there are none or the version is below 5. */
  readonly propertiesStart: number;
  readonly propertiesEnd: number;
  readonly payloadStart: number;
  /** 0 when the packet carries no topic alias. */
  readonly topicAlias: number;
  /** Seconds, or -1 when absent. */
  readonly messageExpiryInterval: number;

  /** Decodes the properties, each call anew. Undefined when there are none. */
  properties(): Properties | undefined;
}
