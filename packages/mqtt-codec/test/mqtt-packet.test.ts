import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import mqttPacket, { type Packet as TheirPacket } from 'mqtt-packet';
import { encodePacket, type Packet, type ProtocolVersion } from '../src/index.ts';
import { packetOf } from './arbitraries.ts';
import { CASES } from './cases.ts';
import { asRead, collectFor, type Sender } from './collect.ts';

/*
 * mqtt-packet as a second opinion on valid packets: it reads what we write, and we read what it writes of that. A field
 * that one of both gets wrong does not survive the way round.
 */

const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];
const SENDERS: readonly Sender[] = ['client', 'server'];

for (const { name, version, from, packet, isWritten = true } of CASES) {
  if (isWritten && isKnownToThem(packet)) test(`agrees about ${name}`, () => checkAgreement(packet, version, from));
}

for (const version of VERSIONS) {
  for (const from of SENDERS) {
    test(`agrees about any packet of a ${from} (${version})`, () => {
      const property = fc.property(packetOf(version, from).filter(isKnownToThem), (packet) =>
        checkAgreement(packet, version, from),
      );
      fc.assert(property, { numRuns: 300 });
    });
  }
}

function checkAgreement(packet: Packet, version: ProtocolVersion, from: Sender): void {
  const { reader, packets, errors } = collectFor(packet, version, from);

  const theirs = parse(encodePacket(packet, version), version);
  assert.equal(theirs.cmd, packet.type);
  reader.push(mqttPacket.generate(theirs, { protocolVersion: version }));

  assert.deepEqual(errors, []);
  assert.deepEqual(packets, [asRead(packet)]);
}

function parse(encoded: Buffer, version: ProtocolVersion): TheirPacket {
  const found: TheirPacket[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on('packet', (packet) => void found.push(packet));
  parser.on('error', (error) => assert.fail(error));
  parser.parse(encoded);
  assert.equal(found.length, 1);
  return found[0]!; // counted
}

/** False for the valid packets that mqtt-packet refuses to write. */
function isKnownToThem(packet: Packet): boolean {
  if (packet.type === 'auth') return packet.reasonCode !== 0;
  if (packet.type !== 'connect') return true;
  const isNameless = packet.clientId === '' && (!packet.cleanStart || packet.protocolVersion === 3);
  return !isNameless && (packet.password === undefined || Boolean(packet.username));
}
