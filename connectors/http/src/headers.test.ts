import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { tempDir } from '@millrace/testkit';
import { Headers } from './headers.ts';

test('headers of the action win over those of the connector, whatever the letter case', () => {
  const headers = new Headers({ Accept: 'a', 'X-Own': '1' }, { accept: 'b' });

  assert.deepEqual(headers.fixed(), ['accept', 'b', 'X-Own', '1']);
});

test('only headers with placeholders depend on the output', () => {
  const headers = new Headers({ authorization: 'Bearer t', 'X-${kind}': '${clientid}' });

  assert.deepEqual(headers.fixed(), ['authorization', 'Bearer t']);
  assert.deepEqual(headers.varying({ kind: 'Client', clientid: 'c1' }), ['X-Client', 'c1']);
});

test('a header whose name or value would break the request is left out', () => {
  const headers = new Headers({ 'x-a': '${value}', '${name}': 'v', 'x-b': '${missing}' });

  assert.deepEqual(headers.varying({ value: 'a\r\nx-evil: 1', name: 'no token' }), ['x-b', 'undefined']);
});

test('headers that the client owns are dropped', () => {
  assert.deepEqual(
    new Headers({ Connection: 'keep-alive', 'Keep-Alive': 'timeout=5', 'content-length': '3' }).fixed(),
    [],
  );
});

test('letters beyond Latin-1 are sent as UTF-8', () => {
  assert.deepEqual(new Headers({ 'x-a': 'ü€' }).fixed(), ['x-a', Buffer.from('ü€').toString('latin1')]);
});

test('a secret is read from its file at each use', async () => {
  await using directory = await tempDir('http');
  const file = join(directory.path, 'token');
  const headers = new Headers({ authorization: pathToFileURL(file).href });

  writeFileSync(file, 'Bearer one\n');
  assert.deepEqual(headers.fixed(), ['authorization', 'Bearer one']);
  writeFileSync(file, 'Bearer two\n');
  assert.deepEqual(headers.fixed(), ['authorization', 'Bearer two']);
});
