import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Collector, collect, collectGreeted } from './collect.ts';
import { MALFORMED_CASES, type MalformedCase } from './malformed-cases.ts';
import { bytes } from './notation.ts';

const PINGREQ = Buffer.from('c000', 'hex');

for (const malformed of MALFORMED_CASES) {
  describe(malformed.name, () => {
    const encoded = bytes(malformed.bytes);

    test('is refused with its reason', () => {
      const collector = readerOf(malformed);

      collector.reader.push(encoded);

      assertRefused(collector, malformed);
    });

    test('is refused alike when it comes byte by byte, and nothing is read after it', () => {
      const collector = readerOf(malformed);

      for (const byte of encoded) collector.reader.push(Buffer.from([byte]));
      collector.reader.push(PINGREQ);

      assertRefused(collector, malformed);
    });
  });
}

function readerOf({ version, from, isGreeted }: MalformedCase): Collector {
  return isGreeted ? collectGreeted(version, from) : collect(version, from);
}

function assertRefused({ packets, errors }: Collector, { reasonCode, statement }: MalformedCase): void {
  const found = errors.map((error) => [`0x${error.reasonCode.toString(16)}`, error.statement, error.message]);
  assert.deepEqual(found, [[`0x${reasonCode.toString(16)}`, statement, errors[0]?.message]]);
  assert.deepEqual(packets, []);
}
