import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodePacket } from '../src/index.ts';
import { CASES } from './cases.ts';
import { asRead, collectFor } from './collect.ts';
import { bytes } from './notation.ts';

/** Long packets are cut near both ends only. */
const CUTS_AT_EACH_END = 40;

for (const { name, version, from, packet, bytes: notation, isWritten = true } of CASES) {
  describe(name, () => {
    const encoded = bytes(notation);

    if (isWritten) {
      test('is written byte by byte as the table says', () => {
        assert.equal(encodePacket(packet, version).toString('hex'), encoded.toString('hex'));
      });
    }

    test('is read in one piece', () => {
      const { reader, packets, errors } = collectFor(packet, version, from);

      reader.push(encoded);

      assert.deepEqual(errors, []);
      assert.deepEqual(packets, [asRead(packet)]);
      assert.equal(reader.version, version);
    });

    test('is read alike when it is cut in two anywhere', () => {
      for (const cut of cutsOf(encoded)) {
        const { reader, packets, errors } = collectFor(packet, version, from);

        reader.push(Buffer.from(encoded.subarray(0, cut)));
        reader.push(Buffer.from(encoded.subarray(cut)));

        assert.deepEqual(errors, []);
        assert.deepEqual(packets, [asRead(packet)], `cut at ${cut}`);
      }
    });
  });
}

test('packets back to back are read alike byte by byte, from one reused chunk', () => {
  const mine = CASES.filter((candidate) => candidate.version === 5 && candidate.from === 'client').filter(
    ({ packet }) => packet.type !== 'connect',
  );
  const expected = mine.map(({ packet }) => asRead(packet));
  const { reader, packets, errors } = collectFor({ type: 'pingreq' }, 5, 'client');
  const chunk = Buffer.alloc(1);

  for (const byte of Buffer.concat(mine.map((candidate) => bytes(candidate.bytes)))) {
    chunk[0] = byte;
    reader.push(chunk);
  }

  assert.deepEqual(errors, []);
  assert.deepEqual(packets, expected);
});

function* cutsOf(encoded: Buffer): Generator<number> {
  for (let cut = 0; cut <= encoded.length; cut++) {
    if (cut < CUTS_AT_EACH_END || cut > encoded.length - CUTS_AT_EACH_END) yield cut;
  }
}
