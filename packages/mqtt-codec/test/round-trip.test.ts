import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodePacket, type ProtocolVersion } from '../src/index.ts';
import { packetOf } from './arbitraries.ts';
import { asRead, collectFor, type Sender } from './collect.ts';

const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];
const SENDERS: readonly Sender[] = ['client', 'server'];

for (const version of VERSIONS) {
  for (const from of SENDERS) {
    test(`any packet of a ${from} is read as it was written, in any two pieces (${version})`, () => {
      const property = fc.property(packetOf(version, from), fc.nat(1000), (packet, cut) => {
        const encoded = encodePacket(packet, version);
        const { reader, packets, errors } = collectFor(packet, version, from);

        reader.push(encoded.subarray(0, cut % encoded.length));
        reader.push(encoded.subarray(cut % encoded.length));

        assert.deepEqual(errors, []);
        assert.deepEqual(packets, [asRead(packet)]);
      });
      fc.assert(property, { numRuns: 400 });
    });
  }
}
