import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, type RenderOptions } from './template.ts';
import { Float, type Value } from './value.ts';

const OUTPUT: Value = {
  clientid: 'c1',
  temp: new Float(20),
  count: 12345678901234567890n,
  ok: true,
  nothing: null,
  codes: [72, 105],
  list: [1, 2.5],
  bytes: Buffer.from('raw'),
  payload: '{"a":{"b":"deep"},"inner":"{\\"k\\":1}","x":1.0}',
  'user-id': 'u1',
  ' a ': 'blank',
  pub_props: { 'User-Property': { 'a.b': 'dotted' } },
  empty: '',
};

const RENDERED: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['', ''],
  ['t/${clientid}/x', 't/c1/x'],
  ['${.clientid}', 'c1'],
  ['${temp} ${count} ${ok} ${nothing}', '20.0 12345678901234567890 true null'],
  ['${codes} ${list}', 'Hi [1,2.5]'],
  ['${bytes}', 'raw'],
  ['${payload.a.b} ${payload.a} ${payload.x}', 'deep {"b":"deep"} 1.0'],
  ['${payload.inner}', '{"k":1}'],
  ['${payload.inner.k}', 'undefined'],
  ['${clientid.x} ${list.0} ${ok.x}', 'undefined undefined undefined'],
  ['${missing} ${constructor} ${__proto__.x}', 'undefined undefined undefined'],
  ['${user-id} ${ a }', 'u1 blank'],
  ["${pub_props.'User-Property'.'a.b'}", 'dotted'],
  ['${pub_props."User-Property"."a.b"}', 'dotted'],
  ['${$}{x} $x {x} ${', '${x} $x {x} ${'],
  ['${a$b} ${clientid', '${a$b} ${clientid'],
  ['${a${clientid}}', '${ac1}'],
  ["${pub_props.'User-Property'x}", 'undefined'],
];

void test('renders every form of placeholder', () => {
  for (const [source, text] of RENDERED) assert.equal(compileTemplate(source).render(OUTPUT), text, source);
});

void test('renders the whole output as JSON', () => {
  assert.equal(compileTemplate('${.}').render({ a: 1 }), '{"a":1}');
  assert.equal(compileTemplate('[${}]').render({ a: undefined }), '[{"a":"undefined"}]');
});

void test('renders what is missing as it is told to', () => {
  assert.equal(compileTemplate('<${missing}>').render(OUTPUT, { missing: '' }), '<>');
  assert.equal(compileTemplate('<${nothing}>').render(OUTPUT, { missing: '' }), '<null>');
});

void test('writes the same as it renders and passes bytes through', () => {
  const bytes = Uint8Array.of(0xff, 0x00);

  assert.deepEqual(written('a${x}b${y}', { x: bytes }, { missing: '-' }), ['a', bytes, 'b', '-']);
  for (const [source, text] of RENDERED) assert.equal(written(source, OUTPUT).map(String).join(''), text);
});

function written(source: string, output: Value, options?: RenderOptions): (string | Uint8Array)[] {
  const chunks: (string | Uint8Array)[] = [];
  compileTemplate(source).write(output, { write: (chunk) => chunks.push(chunk) }, options);
  return chunks;
}

void test('gives the value itself when the template is one placeholder', () => {
  assert.deepEqual(compileTemplate('${list}').value(OUTPUT), [1, 2.5]);
  assert.equal(compileTemplate('${missing}').value(OUTPUT), undefined);
  assert.equal(compileTemplate('${ok}!').value(OUTPUT), 'true!');
});

void test('is strict about missing, null and empty values', () => {
  assert.equal(compileTemplate('t/${clientid}').strict(OUTPUT), 't/c1');
  assert.equal(compileTemplate('constant').strict(OUTPUT), 'constant');
  for (const name of ['missing', 'nothing', 'empty']) {
    assert.equal(compileTemplate(`t/\${${name}}`).strict(OUTPUT), undefined, name);
  }
});

void test('tells its placeholders', () => {
  const template = compileTemplate('${a.b} ${.} ${$}');

  assert.deepEqual(template.placeholders, [['a', 'b'], []]);
  assert.equal(template.isConstant, false);
  assert.equal(compileTemplate('${$}').isConstant, true);
});
