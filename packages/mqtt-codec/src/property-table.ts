import type { Properties } from './packet.ts';

/** Where properties may stand, as bits; `will` is the will inside CONNECT. The two directions of PUBLISH differ. */
export const PropertyOwner = {
  connect: 1 << 0,
  will: 1 << 1,
  connack: 1 << 2,
  publish: 1 << 3,
  puback: 1 << 4,
  pubrec: 1 << 5,
  pubrel: 1 << 6,
  pubcomp: 1 << 7,
  subscribe: 1 << 8,
  suback: 1 << 9,
  unsubscribe: 1 << 10,
  unsuback: 1 << 11,
  disconnect: 1 << 12,
  auth: 1 << 13,
} as const;

export type PropertyOwnerName = keyof typeof PropertyOwner;

type PropertyType = 'byte' | 'uint16' | 'uint32' | 'varint' | 'string' | 'binary' | 'pair';

/** One row of table 2-4. */
export interface PropertyRow {
  readonly id: number;
  readonly name: keyof Properties;
  readonly type: PropertyType;
  /** {@link PropertyOwner} bits. */
  readonly owners: number;
  /** Own bit in a set of properties. */
  readonly bit: number;
  readonly min: number;
  readonly max: number;
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

const { connect, will, connack, publish, subscribe, unsubscribe, disconnect, auth } = PropertyOwner;
const { puback, pubrec, pubrel, pubcomp, suback, unsuback } = PropertyOwner;
const acknowledgements = puback | pubrec | pubrel | pubcomp | suback | unsuback;
const message = publish | will;
const everywhere = connect | message | connack | subscribe | unsubscribe | acknowledgements | disconnect | auth;
const flag: Range = { max: 1 };
const positive: Range = { min: 1 };

let nextBit = 1;

/** In the order of their identifiers. */
export const PROPERTY_ROWS: readonly PropertyRow[] = [
  row(0x01, 'payloadFormatIndicator', 'byte', message, flag),
  row(0x02, 'messageExpiryInterval', 'uint32', message),
  row(0x03, 'contentType', 'string', message),
  row(0x08, 'responseTopic', 'string', message),
  row(0x09, 'correlationData', 'binary', message),
  row(0x0b, 'subscriptionIdentifiers', 'varint', publish | subscribe, positive),
  row(0x11, 'sessionExpiryInterval', 'uint32', connect | connack | disconnect),
  row(0x12, 'assignedClientIdentifier', 'string', connack),
  row(0x13, 'serverKeepAlive', 'uint16', connack),
  row(0x15, 'authenticationMethod', 'string', connect | connack | auth),
  row(0x16, 'authenticationData', 'binary', connect | connack | auth),
  row(0x17, 'requestProblemInformation', 'byte', connect, flag),
  row(0x18, 'willDelayInterval', 'uint32', will),
  row(0x19, 'requestResponseInformation', 'byte', connect, flag),
  row(0x1a, 'responseInformation', 'string', connack),
  row(0x1c, 'serverReference', 'string', connack | disconnect),
  row(0x1f, 'reasonString', 'string', connack | acknowledgements | disconnect | auth),
  row(0x21, 'receiveMaximum', 'uint16', connect | connack, positive),
  row(0x22, 'topicAliasMaximum', 'uint16', connect | connack),
  row(0x23, 'topicAlias', 'uint16', publish, positive),
  row(0x24, 'maximumQos', 'byte', connack, flag),
  row(0x25, 'retainAvailable', 'byte', connack, flag),
  row(0x26, 'userProperties', 'pair', everywhere),
  row(0x27, 'maximumPacketSize', 'uint32', connect | connack, positive),
  row(0x28, 'wildcardSubscriptionAvailable', 'byte', connack, flag),
  row(0x29, 'subscriptionIdentifierAvailable', 'byte', connack, flag),
  row(0x2a, 'sharedSubscriptionAvailable', 'byte', connack, flag),
];

/** Rows by identifier; no identifier needs more than one byte. */
export const PROPERTY_BY_ID: readonly (PropertyRow | undefined)[] = Array.from({ length: 256 }, (_, id) =>
  PROPERTY_ROWS.find((candidate) => candidate.id === id),
);

/** The property of that name. */
export function propertyRow(name: keyof Properties): PropertyRow {
  const found = PROPERTY_ROWS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new TypeError(`no MQTT property is called ${name}`);
  return found;
}

function row(id: number, name: keyof Properties, type: PropertyType, owners: number, range: Range = {}): PropertyRow {
  const bit = nextBit;
  nextBit <<= 1;
  return { id, name, type, owners, bit, min: range.min ?? 0, max: range.max ?? Infinity };
}
