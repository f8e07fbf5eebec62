import * as fc from 'fast-check';
import type { AckPacket, Packet, Properties, ProtocolVersion, Will } from '../src/index.ts';
import { PROPERTY_ROWS, PropertyOwner, type PropertyOwnerName, type PropertyRow } from '../src/property-table.ts';
import { isReasonCodeOf, type ReasonCodeOwner } from '../src/reason-codes.ts';
import type { Sender } from './collect.ts';

/** Random packets that are valid in that version and direction. */

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''));
const binary = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const packetId = fc.integer({ min: 1, max: 65_535 });
const uint16 = fc.integer({ min: 0, max: 65_535 });
const qos = fc.constantFrom(0, 1, 2);
const level = text.map((value) => value.replaceAll(/[/+#]/g, ''));
const topic = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join('/') || 'a')
  .map((name) => (name.startsWith('$share/') ? `x${name}` : name));

const filter = fc
  .tuple(
    fc.constantFrom('', '$share/group/'),
    fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }),
    fc.constantFrom('#', '+', 'a'),
  )
  .map(([prefix, levels, last]) => `${prefix}${[...levels, last].join('/')}`);

/** A value for each property type. Keys of user properties are distinct words, so that objects can hold them too. */
const VALUES: Record<PropertyRow['type'], (row: PropertyRow) => fc.Arbitrary<unknown>> = {
  byte: () => fc.constantFrom(0, 1),
  uint16: ({ min }) => fc.integer({ min, max: 65_535 }),
  uint32: ({ min }) => fc.integer({ min, max: 4_294_967_295 }),
  varint: ({ min }) => fc.array(fc.integer({ min, max: 268_435_455 }), { minLength: 1, maxLength: 1 }),
  string: ({ name }) => (name === 'responseTopic' ? topic : text),
  binary: () => binary,
  pair: () =>
    fc.array(text, { minLength: 1, maxLength: 3 }).map((values) => values.map((value, at) => [`k${at}`, value])),
};

function properties(
  owner: PropertyOwnerName,
  without: readonly (keyof Properties)[] = [],
): fc.Arbitrary<{ properties?: Properties }> {
  const rows = PROPERTY_ROWS.filter((row) => (row.owners & PropertyOwner[owner]) !== 0 && !without.includes(row.name));
  const model = Object.fromEntries(rows.map((row) => [row.name, VALUES[row.type](row)]));
  return fc
    .record(model, { requiredKeys: [], noNullPrototype: true })
    .map((found) => (Object.keys(found).length === 0 ? {} : { properties: found }));
}

function propertiesIn(version: ProtocolVersion, owner: PropertyOwnerName, without: readonly (keyof Properties)[] = []) {
  return version === 5 ? properties(owner, without) : fc.constant({});
}

function reasonCode(owner: ReasonCodeOwner, from: Sender): fc.Arbitrary<number> {
  const codes = Array.from({ length: 256 }, (_, code) => code).filter((code) =>
    isReasonCodeOf(owner, code, from === 'server'),
  );
  return fc.constantFrom(...codes);
}

/** Any packet that may come from there. */
export function packetOf(version: ProtocolVersion, from: Sender): fc.Arbitrary<Packet> {
  const both = [publish(version, from), ...acknowledgements(version, from)];
  const later = version === 5 ? [disconnect5(from), auth(from)] : [];
  return from === 'client'
    ? fc.oneof(
        connect(version),
        subscribe(version),
        unsubscribe(version),
        ...plain('pingreq', 'disconnect'),
        ...both,
        ...later,
      )
    : fc.oneof(connack(version), suback(version), unsuback(version), ...plain('pingresp'), ...both, ...later);
}

function connect(version: ProtocolVersion): fc.Arbitrary<Packet> {
  const credentials = fc.oneof(
    fc.constant({}),
    fc.record({ username: text, password: binary }),
    fc.record({ username: text }),
  );
  return fc
    .tuple(
      fc.record({
        type: fc.constant('connect' as const),
        protocolVersion: fc.constant(version),
        isBridge: fc.constant(false),
        cleanStart: fc.boolean(),
        keepAlive: uint16,
        clientId: text,
      }),
      fc.oneof(
        fc.constant({}),
        will(version).map((found) => ({ will: found })),
      ),
      credentials,
      propertiesIn(version, 'connect', ['authenticationData']),
    )
    .map((parts) => Object.assign({}, ...parts) as Packet);
}

function will(version: ProtocolVersion): fc.Arbitrary<Will> {
  return fc
    .tuple(fc.record({ topic, payload: binary, qos, retain: fc.boolean() }), propertiesIn(version, 'will'))
    .map((parts) => Object.assign({}, ...parts) as Will);
}

function connack(version: ProtocolVersion): fc.Arbitrary<Packet> {
  const code = version === 5 ? reasonCode('connack', 'server') : fc.integer({ min: 0, max: 5 });
  return fc.tuple(code, fc.boolean(), propertiesIn(version, 'connack')).map(([found, isPresent, rest]) => ({
    type: 'connack',
    sessionPresent: isPresent && found === 0,
    reasonCode: found,
    ...rest,
  }));
}

function publish(version: ProtocolVersion, from: Sender): fc.Arbitrary<Packet> {
  const without = from === 'client' ? (['subscriptionIdentifiers'] as const) : [];
  return fc
    .tuple(
      fc.record({ topic, payload: binary, retain: fc.boolean() }),
      qos,
      fc.boolean(),
      packetId,
      propertiesIn(version, 'publish', without),
    )
    .map(([parts, quality, isAgain, id, rest]) => ({
      type: 'publish',
      ...parts,
      qos: quality,
      dup: isAgain && quality > 0,
      ...(quality > 0 && { packetId: id }),
      ...rest,
    }));
}

function acknowledgements(version: ProtocolVersion, from: Sender): fc.Arbitrary<Packet>[] {
  return (['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((type) => {
    const code = version === 5 ? reasonCode(type, from) : fc.constant(0);
    return fc
      .tuple(packetId, code, propertiesIn(version, type))
      .map(([id, found, rest]): AckPacket => ({ type, packetId: id, reasonCode: found, ...rest }));
  });
}

function subscribe(version: ProtocolVersion): fc.Arbitrary<Packet> {
  const options = version === 5 ? fc.boolean() : fc.constant(false);
  const subscription = fc
    .record({
      topicFilter: filter,
      qos,
      noLocal: options,
      retainAsPublished: options,
      retainHandling: version === 5 ? fc.constantFrom(0, 1, 2) : fc.constant(0),
    })
    .map((found) => ({ ...found, noLocal: found.noLocal && !found.topicFilter.startsWith('$share/') }));
  return fc
    .tuple(packetId, fc.array(subscription, { minLength: 1, maxLength: 3 }), propertiesIn(version, 'subscribe'))
    .map(([id, subscriptions, rest]) => ({ type: 'subscribe', packetId: id, subscriptions, ...rest }));
}

function suback(version: ProtocolVersion): fc.Arbitrary<Packet> {
  const code = version === 5 ? reasonCode('suback', 'server') : fc.constantFrom(0, 1, 2, 0x80);
  return fc
    .tuple(packetId, fc.array(code, { minLength: 1, maxLength: 3 }), propertiesIn(version, 'suback'))
    .map(([id, reasonCodes, rest]) => ({ type: 'suback', packetId: id, reasonCodes, ...rest }));
}

function unsubscribe(version: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc
    .tuple(packetId, fc.array(filter, { minLength: 1, maxLength: 3 }), propertiesIn(version, 'unsubscribe'))
    .map(([id, topicFilters, rest]) => ({ type: 'unsubscribe', packetId: id, topicFilters, ...rest }));
}

function unsuback(version: ProtocolVersion): fc.Arbitrary<Packet> {
  const size = version === 5 ? { minLength: 1, maxLength: 3 } : { maxLength: 0 };
  return fc
    .tuple(packetId, fc.array(reasonCode('unsuback', 'server'), size), propertiesIn(version, 'unsuback'))
    .map(([id, reasonCodes, rest]) => ({ type: 'unsuback', packetId: id, reasonCodes, ...rest }));
}

function plain(...types: ('pingreq' | 'pingresp' | 'disconnect')[]): fc.Arbitrary<Packet>[] {
  return types.map((type) => fc.constant(type === 'disconnect' ? { type, reasonCode: 0 } : { type }));
}

function disconnect5(from: Sender): fc.Arbitrary<Packet> {
  const without = from === 'server' ? (['sessionExpiryInterval'] as const) : (['serverReference'] as const);
  return fc
    .tuple(reasonCode('disconnect', from), properties('disconnect', without))
    .map(([found, rest]) => ({ type: 'disconnect', reasonCode: found, ...rest }));
}

function auth(from: Sender): fc.Arbitrary<Packet> {
  return fc
    .tuple(reasonCode('auth', from), text, properties('auth', ['authenticationMethod']))
    .map(([found, authenticationMethod, rest]) => ({
      type: 'auth',
      reasonCode: found,
      properties: { ...rest.properties, authenticationMethod },
    }));
}
