import { MalformedPacketError } from './handler.ts';

/** The reason codes that a codec can find grounds for. */
const MALFORMED_PACKET = 0x81;
const PROTOCOL_ERROR = 0x82;
export const UNSUPPORTED_PROTOCOL_VERSION = 0x84;
export const TOPIC_FILTER_INVALID = 0x8f;
export const TOPIC_NAME_INVALID = 0x90;
export const TOPIC_ALIAS_INVALID = 0x94;
export const PACKET_TOO_LARGE = 0x95;

/** Bytes that cannot be parsed. */
export function malformed(message: string, statement?: string): MalformedPacketError {
  return new MalformedPacketError(MALFORMED_PACKET, message, statement);
}

/** Bytes that can be parsed and say what they must not say. */
export function protocolError(message: string, statement?: string): MalformedPacketError {
  return new MalformedPacketError(PROTOCOL_ERROR, message, statement);
}
