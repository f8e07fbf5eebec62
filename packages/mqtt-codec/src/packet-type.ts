/** Packet type numbers of section 2.1.2. */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

/** The first byte of a packet whose flags are fixed: PUBREL, SUBSCRIBE and UNSUBSCRIBE carry 0b0010, the others 0. */
export function fixedHeader(type: number): number {
  const hasFlag = type === PacketType.pubrel || type === PacketType.subscribe || type === PacketType.unsubscribe;
  return (type << 4) | (hasFlag ? 0b0010 : 0);
}
