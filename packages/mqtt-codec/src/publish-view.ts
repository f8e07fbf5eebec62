import type { Properties, Qos } from './packet.ts';

/**
 * A received PUBLISH where it lies in the socket's chunk: offsets into `bytes`, no copies. One object per reader, reused
 * for every message. The reader has checked lengths, flags, packet id and the shape of the properties (identifiers,
 * duplicates, value ranges); it has not decoded the topic: its UTF-8 and wildcards are checked by whoever first turns
 * these topic bytes into a string, since that is cached.
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
