/** MQTT 3.1, 3.1.1 and 5.0: bytes to packets and back. Pure: no sockets, no clock, no logging. */
export { ACK_SIZE, writeAck, writeAckWithReason } from './ack.ts';
export { encodePacket } from './encode-packet.ts';
export { type AckKind, MalformedPacketError, type PacketHandler } from './handler.ts';
export type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  Packet,
  PingPacket,
  Properties,
  ProtocolVersion,
  PublishPacket,
  Qos,
  SubackPacket,
  SubscribePacket,
  Subscription,
  UnsubackPacket,
  UnsubscribePacket,
  Will,
} from './packet.ts';
export { PacketReader, type PacketReaderOptions } from './packet-reader.ts';
export { decodeProperties, encodeProperties } from './properties.ts';
export type { PropertyOwnerName } from './property-table.ts';
export {
  forwardedLength,
  forwardPublish,
  type PublishContent,
  packetIdOffset,
  publishHeader,
  publishLength,
  writePacketId,
  writePublish,
} from './publish.ts';
export type { PublishView } from './publish-view.ts';
export {
  connackCodeName,
  isReasonCodeOf,
  ReasonCode,
  type ReasonCodeName,
  type ReasonCodeOwner,
  ReturnCode,
  reasonCodeName,
  returnCodeOf,
} from './reason-codes.ts';
export { publishPacketOf } from './received-publish.ts';
export {
  isSharedFilter,
  isValidTopicFilter,
  isValidTopicName,
  isValidTopicNameBytes,
  topicFilterError,
  topicNameError,
} from './topic.ts';
export { isValidText, isValidUtf8 } from './utf8.ts';
