import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, flag, numberField, secret, template, textField } from '@millrace/contract';
import { parseHocon, toValue } from '@millrace/hocon';
import { z } from 'zod';
import { fillDefaults } from './defaults.ts';
import { describeIssues } from './issues.ts';
import { normalizeMerged } from './normalize.ts';
import { knownKeys, metaOf, schemaAt } from './schema-walk.ts';
import { maskSecrets, unmaskSecrets } from './secrets.ts';

const meta = { description: 'A field.' };
const single = z.strictObject({
  kind: z.literal('single').prefault('single'),
  server: textField(meta),
  token: secret(meta).optional(),
});
const several = z.strictObject({
  kind: z.literal('several'),
  servers: z.array(z.string()),
  pool: numberField(meta).prefault(8),
});
const schema = z.strictObject({
  link: z.union([single, several]),
  wait: duration(meta).default(5000),
  open: flag(meta).prefault('on'),
  topic: template(meta).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  both: z
    .intersection(
      z.strictObject({ a: textField(meta).optional() }),
      z.strictObject({ b: secret({ ...meta, aliases: ['older'] }).optional() }),
    )
    .optional(),
  anything: z.unknown().optional(),
});

const normalized = (text: string) => toValue(normalizeMerged(parseHocon(text, { file: 'x' }), schema));

test('steps into the alternative that the value is meant to be', () => {
  const value = { link: { kind: 'several', serverss: 1 } };

  const link = schemaAt(schema, ['link'], () => value);

  assert.deepEqual(link && knownKeys(link, () => value.link), ['kind', 'servers', 'pool']);
  assert.equal(
    schemaAt(schema, ['link', 'nothing'], () => value),
    undefined,
  );
  assert.equal(schemaAt(schema, ['constructor']), undefined);
  assert.notEqual(schemaAt(schema, ['anything', 'at', 'all']), undefined);
});

test('reads what fields say about themselves through their wrappers', () => {
  const field = schemaAt(schema, ['both', 'b']);
  assert.deepEqual(field && metaOf(field).aliases, ['older']);
});

test('fills defaults in the form that users write', () => {
  assert.deepEqual(fillDefaults(schema, { link: { kind: 'several', servers: [] } }), {
    link: { kind: 'several', servers: [], pool: 8 },
    wait: '5s',
    open: 'on',
  });
});

test('unquoted words become text only where nothing else fits', () => {
  assert.deepEqual(normalized('link { server = 007 }, open = true, topic = 5, headers { x = 1.50 }'), {
    link: { server: '007' },
    open: true,
    topic: 5,
    headers: { x: '1.50' },
  });
});

test('older names become today’s, which wins when both are written', () => {
  assert.deepEqual(normalized('both { older = x }'), { both: { b: 'x' } });
  assert.deepEqual(normalized('both { older = x, b = y }'), { both: { b: 'y' } });
});

test('positions become an array where one is wanted', () => {
  assert.deepEqual(normalized('link { kind = several, servers { 2 = b, 1 = a } }'), {
    link: { kind: 'several', servers: ['a', 'b'] },
  });
});

test('hides secrets of the schema, of maps and of what is kept unseen', () => {
  const value = {
    link: { server: 's', token: 't' },
    headers: { authorization: 'x', accept: 'y' },
    both: { a: 'a', b: 'b' },
    anything: [{ password: 12345, name: 'n' }],
  };

  const masked = maskSecrets(schema, value);

  assert.deepEqual(masked, {
    link: { server: 's', token: '******' },
    headers: { authorization: '******', accept: 'y' },
    both: { a: 'a', b: '******' },
    anything: [{ password: '******', name: 'n' }],
  });
  assert.deepEqual(
    unmaskSecrets(schema, masked, value, () => assert.fail('a secret got lost')),
    value,
  );
});

test('describes the mistakes of the alternative that was meant', () => {
  const reasons = (value: unknown) => {
    const { error } = schema.safeParse(value);
    return describeIssues(error?.issues ?? [], schema, value).map(({ path, reason }) => `${path.join('.')}: ${reason}`);
  };

  assert.deepEqual(reasons({ link: { kind: 'several', servers: 's' } }), [
    'link.servers: expected an array [ … ], found "s"',
  ]);
  assert.deepEqual(reasons({ link: { server: 's', tokn: 't' } }), ['link.tokn: unknown field; did you mean "token"?']);
  assert.deepEqual(reasons({ link: 5 }), ['link: expected an object { … }, found 5']);
  assert.deepEqual(reasons({ link: { server: 's' }, topic: {} }), [
    'topic: expected a text or a number or true or false, found an object',
  ]);
});
