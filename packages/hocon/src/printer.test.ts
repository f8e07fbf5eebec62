import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { HoconError } from './hocon-error.ts';
import { type HoconValue, toValue } from './node.ts';
import { parseHocon } from './parse.ts';
import { printHocon } from './printer.ts';

const read = (text: string): HoconValue => toValue(parseHocon(text, { file: 'printed' }));

test('prints tidy text', () => {
  const text = printHocon({
    connectors: { http: { web: { url: 'http://x', tags: ['a', 'b'] } } },
    rule: { sql: 'SELECT *\nFROM "t/#"\n', enable: true, nothing: null },
    'a.b': {},
  });

  assert.equal(
    text,
    `connectors.http.web {
  url = "http://x"
  tags = ["a", "b"]
}
rule {
  sql = """~
    SELECT *
    FROM "t/#"
    ~"""
  enable = true
  nothing = null
}
"a.b" {}
`,
  );
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed()),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', '"', '~', '\\', '\t', '$', '{') }),
);
const scalar = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);
const { object } = fc.letrec<{ value: HoconValue; object: Record<string, HoconValue> }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
}));

test('what was printed reads as the same value', () => {
  fc.assert(
    fc.property(object, (value) => {
      assert.deepEqual(read(printHocon(value)), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 400 },
  );
});

test('no text makes the reader fail in another way than by a HOCON error', () => {
  const piece = fc.constantFrom(
    'a',
    'b.c',
    '1',
    ' ',
    '\n',
    '=',
    ':',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '"""',
    '"""~\n',
    '~"""',
    '${a}',
    '${?b}',
    '+=',
    '#',
    '//',
    '\\',
    'include ',
    'null',
    '.',
    '$',
    '${',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.string({ unit: 'binary' }), (pieces, noise) => {
      for (const source of [pieces.join(''), noise]) {
        try {
          read(source);
        } catch (error) {
          assert.ok(error instanceof HoconError, String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});
