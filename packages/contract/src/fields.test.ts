import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import {
  authority,
  byteSize,
  duration,
  filePath,
  flag,
  formatByteSize,
  formatDuration,
  numberField,
  parseAuthority,
  parseByteSize,
  parseDuration,
  readSecret,
  secret,
  template,
  textField,
  tlsOptions,
} from './fields.ts';
import { resourceOptions } from './resource-options.ts';

const meta = { description: 'A field.' };

const helpers = {
  duration: { schema: duration(meta), text: '15s', value: 15_000 },
  byteSize: { schema: byteSize(meta), text: '64KB', value: 65_536 },
  flag: { schema: flag(meta), text: true, value: true },
  text: { schema: textField(meta), text: 'abc', value: 'abc' },
  path: { schema: filePath(meta), text: '/etc/a.pem', value: '/etc/a.pem' },
  secret: { schema: secret(meta), text: 's3', value: 's3' },
  number: { schema: numberField({ ...meta, min: 1, max: 9 }), text: 7, value: 7 },
  authority: { schema: authority({ ...meta, defaultPort: 1883 }), text: 'h:1', value: { host: 'h', port: 1 } },
};

for (const [name, { schema, text, value }] of Object.entries(helpers)) {
  const field: z.ZodType = schema;
  const withDefault: z.ZodType = field.prefault(text);

  test(`${name} reads and writes its text, alone, optional and with a default`, () => {
    const object = z.strictObject({ plain: field, absent: field.optional(), filled: withDefault });

    const parsed = object.parse({ plain: text });

    assert.deepEqual(parsed, { plain: value, filled: value });
    assert.deepEqual(z.encode(object, parsed), { plain: text, filled: text });
  });

  test(`${name} shows its description and default in JSON Schema`, () => {
    const json = z.toJSONSchema(z.strictObject({ field: withDefault }), { io: 'input' });

    const property = json.properties?.['field'];
    assert.ok(typeof property === 'object');
    assert.equal(property.description, 'A field.');
    assert.equal(property.default, text);
  });
}

test('a template field compiles, and writes its source back', () => {
  const schema = z.strictObject({ topic: template(meta), qos: template(meta).prefault(1) });

  const parsed = schema.parse({ topic: 't/${clientid}' });

  assert.equal(parsed.topic.render({ clientid: 'c' }), 't/c');
  assert.deepEqual(z.encode(schema, parsed), { topic: 't/${clientid}', qos: '1' });
});

const durations: [string | number, number | undefined][] = [
  ['15s', 15_000],
  ['1h30m', 5_400_000],
  ['1.5H', 5_400_000],
  ['20ms', 20],
  ['1f', 1_209_600_000],
  ['250', 250],
  [0, 0],
  ['infinity', Infinity],
  ['5 parsecs', undefined],
  ['', undefined],
  [-1, undefined],
];

test('durations are read in every spelling', () => {
  for (const [text, expected] of durations) assert.equal(parseDuration(text), expected, String(text));
});

test('durations and sizes print what they read', () => {
  for (const value of [0, 1, 999, 1000, 90_000, 3_600_000, Infinity]) {
    assert.equal(parseDuration(formatDuration(value)), value);
    assert.equal(parseByteSize(formatByteSize(value)), value);
  }
});

test('sizes are powers of 1024', () => {
  assert.equal(parseByteSize('256MB'), 268_435_456);
  assert.equal(parseByteSize('1m'), 1_048_576);
  assert.equal(parseByteSize('1.5kb'), 1536);
  assert.equal(parseByteSize('12XB'), undefined);
});

test('addresses need a host, and take a default port', () => {
  assert.deepEqual(parseAuthority('[::1]:99', 1), { host: '::1', port: 99 });
  assert.deepEqual(parseAuthority('host', 1), { host: 'host', port: 1 });
  assert.equal(parseAuthority('host:99999', 1), undefined);
  assert.equal(parseAuthority(':1883', 1), undefined);
});

test('infinity is refused where it makes no sense', () => {
  assert.equal(duration(meta).safeParse('infinity').success, false);
  assert.equal(duration({ ...meta, infinity: true }).parse('infinity'), Infinity);
  assert.equal(byteSize(meta).safeParse('infinity').success, false);
  assert.equal(byteSize({ ...meta, infinity: true }).parse('infinity'), Infinity);
});

test('numbers keep to their bounds and take no other kinds', () => {
  const schema = numberField({ ...meta, min: 1, max: 9 });
  for (const wrong of [0, 10, 1.5, '1.5', '', 'abc', true, null, []])
    assert.equal(schema.safeParse(wrong).success, false);
  assert.equal(schema.parse(' 9 '), 9);
});

test('switches take on and off', () => {
  assert.equal(flag(meta).parse('on'), true);
  assert.equal(flag(meta).parse('off'), false);
  assert.equal(flag(meta).safeParse('yes').success, false);
});

test('a secret is marked and follows its file', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-secret-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 's'), 'hidden\n');

  assert.equal(readSecret(pathToFileURL(join(folder, 's')).href), 'hidden');
  assert.equal(readSecret('plain'), 'plain');
  assert.equal(secret(meta).meta()?.writeOnly, true);
});

test('the shared blocks parse from nothing, round-trip and have a JSON Schema', () => {
  for (const schema of [tlsOptions(), resourceOptions()]) {
    const parsed = schema.parse(undefined);
    assert.deepEqual(schema.parse(z.encode(schema, parsed)), parsed);
    assert.equal(z.toJSONSchema(schema, { io: 'input' }).type, 'object');
  }
});

test('older and newer spellings of resource options are read', () => {
  const parsed = resourceOptions().parse({ query_mode: 'async', max_queue_bytes: '100MB', batch_time: '20ms' });

  assert.deepEqual(parsed, { query_mode: 'async', max_queue_bytes: 104_857_600, batch_time: 20 });
});
