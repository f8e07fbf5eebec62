import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoconError } from './hocon-error.ts';
import { find, type HoconValue, toValue } from './node.ts';
import { parseHocon, parseHoconFiles, parseHoconPath, parseHoconValue } from './parse.ts';

const read = (text: string): HoconValue => toValue(parseHocon(text, { file: 'a.conf' }));

const cases: readonly (readonly [name: string, text: string, expected: HoconValue])[] = [
  ['an empty text', '', {}],
  ['a byte order mark and comments', '\uFEFF# one\n// two\na = 1 # three\n', { a: 1 }],
  ['root braces', '{ "a": 1, "b": [true, null] }', { a: 1, b: [true, null] }],
  ['every separator', 'a = 1\nb : 2, c { d = 3 }', { a: 1, b: 2, c: { d: 3 } }],
  ['fields behind a brace', 'a { b = 1 } c { d { e = 2 } f = 3 }', { a: { b: 1 }, c: { d: { e: 2 }, f: 3 } }],
  ['trailing commas', 'a = [1, 2,], b = {c = 3,},', { a: [1, 2], b: { c: 3 } }],
  ['line breaks between elements', 'a = [\n  1\n  2,\n\n  3\n]', { a: [1, 2, 3] }],
  ['a value on the next line', 'a =\n  1', { a: 1 }],
  ['dotted and quoted keys', 'a.b."c.d".e = 1', { a: { b: { 'c.d': { e: 1 } } } }],
  ['keys with digits and signs', 'a.1.x-y_z@b%c|d = 1', { a: { 1: { 'x-y_z@b%c|d': 1 } } }],
  [
    'words',
    'a = emqx@127.0.0.1, b = 15s, c = 100MB, d = 80%, e = 1h30m',
    { a: 'emqx@127.0.0.1', b: '15s', c: '100MB', d: '80%', e: '1h30m' },
  ],
  ['numbers', 'a = 1883, b = 0.5, c = -2, d = 1e3', { a: 1883, b: 0.5, c: -2, d: 1000 }],
  ['integers beyond the exact range as text', 'a = 123456789012345678901', { a: '123456789012345678901' }],
  ['addresses as text', 'a = 127.0.0.1', { a: '127.0.0.1' }],
  ['escapes', String.raw`a = "\"\\\n\r\t\b\f\u00e9"`, { a: '"\\\n\r\t\b\fé' }],
  ['triple quotes', 'a = """x\n"y" \\d\\n"""', { a: 'x\n"y" \\d\n' }],
  ['quotes at the end of triple quotes', 'a = """x""""', { a: 'x"' }],
  [
    'indented triple quotes',
    'a = """~\n    SELECT *\n      FROM "t\\#"\n\n    ~"""',
    { a: 'SELECT *\n  FROM "t\\#"\n\n' },
  ],
  ['indented triple quotes that end with their last line', 'a = """~\n  x\n  y~"""\nb = 1', { a: 'x\ny', b: 1 }],
  ['joined texts', 'a = value1 value2, b = "x" "y", c = value1"x"', { a: 'value1value2', b: 'xy', c: 'value1x' }],
  ['texts joined over a line break', 'a = "x"\n"y"\nb = 1', { a: 'xy', b: 1 }],
  ['a quoted key after a text', 'a = "x"\n"b" = 1', { a: 'x', b: 1 }],
  ['joined arrays', 'a = [1] [2]\n[3]', { a: [1, 2, 3] }],
  ['joined objects', 'a = {b = 1} {c = 2}\n{d = 3}', { a: { b: 1, c: 2, d: 3 } }],
  ['merged duplicates', 'a.b = 1, a { c = 2 }, a.b = 3', { a: { b: 3, c: 2 } }],
  ['replaced arrays', 'a = [1, 2], a = [3]', { a: [3] }],
  ['an object in place of a number', 'a = 1, a { b = 2 }', { a: { b: 2 } }],
  ['appended elements', 'a = [1], a += 2, b += 3', { a: [1, 2], b: [3] }],
  ['elements appended inside objects', 'a { b = [1] }, a.b += 2, a { b += 3 }', { a: { b: [1, 2, 3] } }],
  [
    'array elements by position',
    'a = [{x = 1, y = 1}, {x = 2}], a.1.x = 3, a.3 = {x = 4}',
    { a: [{ x: 3, y: 1 }, { x: 2 }, { x: 4 }] },
  ],
  ['substitutions', 'a = ${b.c}, b { c = 1, d = ${b.c} }', { a: 1, b: { c: 1, d: 1 } }],
  ['substitutions of later values', 'a = ${b}, b = 1, b = 2', { a: 2, b: 2 }],
  ['substitutions inside text', 'a = ${b}"/x"${b}, b = y', { a: 'y/xy', b: 'y' }],
  ['optional substitutions', 'a = ${?nothing}, b = "x"${?nothing}, c = 1, c = ${?nothing}', { b: 'x', c: 1 }],
  ['a look back at the same key', 'a = "x", a = ${a}":y", b = [1], b = ${b} [2]', { a: 'x:y', b: [1, 2] }],
  [
    'an object built on another',
    'base { x = 1, y = 2 }, a = ${base} {y = 3}',
    { base: { x: 1, y: 2 }, a: { x: 1, y: 3 } },
  ],
  ['a step through a substituted object', 'a = ${b}, b { c = 1 }, d = ${a.c}', { a: { c: 1 }, b: { c: 1 }, d: 1 }],
  ['a key named include', 'include = 1, "include" { a = 2 }', { include: { a: 2 } }],
  ['a key named __proto__', 'x.__proto__.y = 1', JSON.parse('{"x": {"__proto__": {"y": 1}}}') as HoconValue],
];

for (const [name, text, expected] of cases) {
  test(`reads ${name}`, () => {
    assert.deepEqual(read(text), expected);
  });
}

const mistakes: readonly (readonly [name: string, text: string, place: string, words: RegExp])[] = [
  ['a missing brace', 'a {\n  b {\n    c = 1\n}\n', '1:3', /never closed; add the missing `}`/],
  ['a missing bracket', 'a = [1, 2\n', '1:5', /never closed; add the missing `\]`/],
  ['an extra brace', 'a = 1\n}', '2:1', /closes nothing/],
  ['a missing quote', 'a = "x\nb = 1', '1:5', /no closing quote/],
  ['a missing triple quote', 'a = """x', '1:5', /no closing `"""`/],
  ['a missing assignment', 'enable true', '1:8', /expected `=`/],
  ['a missing value', 'a =\n', '2:1', /expected a value/],
  ['a missing separator', 'a = [] b = 1', '1:10', /expected a line break or a comma/],
  ['an unquoted address', 'bind = 0.0.0.0:1883', '1:8', /double quotes/],
  ['an unknown escape', String.raw`a = "\q"`, '1:6', /`\\\\` for a backslash/],
  ['a forbidden character', 'a = *', '1:5', /double quotes/],
  ['an empty step', 'a..b = 1', '1:1', /empty step/],
  ['an array as root', '[1]', '1:1', /is an object/],
  [
    'an unresolved substitution',
    'a = 1\nb = ${nothing.here}',
    '2:5',
    /\$\{nothing\.here\} refers to a key that is not set/,
  ],
  ['a cycle', 'a = ${b}\nb = ${a}', '2:5', /leads back to itself/],
  ['a cycle through an object', 'a { b = ${a} }', '1:5', /leads back to itself/],
  ['text joined with an array', 'a = x [1]', '1:7', /cannot be joined/],
  ['a gap in an array', 'a = [1]\na.3 = 2', '2:1', /bad array index 3/],
  ['appending to text', 'a = x\na += y', '2:6', /appends to an array/],
  ['an unsupported include', 'include url("http://x")', '1:9', /not supported/],
  ['a missing required include', 'include required("x.conf")', '1:1', /does not exist/],
];

for (const [name, text, place, words] of mistakes) {
  test(`names the place of ${name} and what to do`, () => {
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof HoconError);
        assert.equal(`${error.line}:${error.column}`, place, error.message);
        assert.match(error.message, words);
        assert.ok(error.message.startsWith(`a.conf:${place}: `));
        return true;
      },
    );
  });
}

test('every value keeps its place, also after merging', () => {
  const node = parseHocon('a.b = 1\nc { d = 2 }\na.b = x\na.e = ${c.d}\n', { file: 'a.conf' });

  assert.deepEqual(find(node, ['a', 'b'])?.origin, { file: 'a.conf', line: 3, column: 7 });
  assert.deepEqual(find(node, ['c', 'd'])?.origin, { file: 'a.conf', line: 2, column: 9 });
  assert.deepEqual(find(node, ['a', 'e'])?.origin, { file: 'a.conf', line: 4, column: 7 });
});

test('includes read into the object they stand in, and see what stands above', () => {
  const files: Record<string, string> = {
    'x.conf': 'c = ${d}, d = 2, e = ${top}\ninclude "y.conf"',
    'y.conf': 'f = 3',
  };
  const include = (path: string) => {
    const text = files[path];
    return text === undefined ? undefined : { file: path, text };
  };

  const node = parseHocon('top = 1\na { include "x.conf", include "absent.conf", d = 4 }', { file: 'a.conf', include });

  assert.deepEqual(toValue(node), { top: 1, a: { c: 4, d: 4, e: 1, f: 3 } });
  assert.equal(find(node, ['a', 'f'])?.origin.file, 'y.conf');
});

test('a file that includes itself is an error', () => {
  const include = (path: string) => ({ file: path, text: 'include "a.conf"' });
  assert.throws(() => parseHocon('include "a.conf"', { file: 'a.conf', include }), /includes itself/);
});

test('several files are one document set', () => {
  const node = parseHoconFiles([
    { file: 'a', text: 'x = ${y}, z = [1], n { a = 1 }' },
    { file: 'b', text: 'y = 2, z += 2, n = null' },
  ]);
  assert.deepEqual(toValue(node), { x: 2, y: 2, z: [1, 2], n: null });
});

test('a mistake in one file does not hide that of another', () => {
  const errors: string[] = [];
  parseHoconFiles(
    [
      { file: 'a', text: 'x' },
      { file: 'b', text: 'y = ' },
    ],
    undefined,
    (error) => errors.push(error.file),
  );
  assert.deepEqual(errors, ['a', 'b']);
});

test('single values are read as in a variable', () => {
  const value = (text: string) => {
    const node = parseHoconValue(text, 'X');
    return node && toValue(node);
  };
  assert.deepEqual(value('[1, {a = b}]'), [1, { a: 'b' }]);
  assert.equal(value('"0.0.0.0:1883"'), '0.0.0.0:1883');
  assert.equal(value('0.0.0.0:1883'), undefined);
  assert.equal(value(''), undefined);
  assert.equal(value('${x}'), undefined);
});

test('paths are split at dots outside quotes', () => {
  assert.deepEqual(parseHoconPath('a."b.c".1'), ['a', 'b.c', '1']);
  for (const wrong of ['', 'a..b', 'a b', ' a', 'a=b', '"a']) assert.equal(parseHoconPath(wrong), undefined, wrong);
});

test('nesting is bounded in every form', () => {
  const deep = 5000;
  const texts = [
    'a = ' + '['.repeat(deep),
    'a '.padEnd(deep, '{'),
    `${'a.'.repeat(deep)}b = 1`,
    Array.from({ length: deep }, (_, index) => `a${index} = \${a${index + 1}}`).join('\n') + `\na${deep} = 1`,
  ];
  for (const text of texts) assert.throws(() => read(text), HoconError);
});

test('substitutions cannot multiply without bound', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `a${index} = [\${a${index + 1}}, \${a${index + 1}}]`);
  assert.throws(() => read([...lines, 'a40 = 1'].join('\n')), HoconError);
});
