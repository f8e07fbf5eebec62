import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordWriter, UnrecoverableError } from '@millrace/contract';
import { joinPath } from './client.ts';
import { readRequest, writeRequest } from './request-record.ts';

function roundTrip(path: string, headers: readonly string[], body: string) {
  const record = new RecordWriter(8);
  record.writeText('before');
  const start = record.position;
  writeRequest(path, headers, record);
  record.writeText(body);
  return readRequest({ bytes: record.buffer, start, end: record.position, enqueuedAt: 0 });
}

test('a request comes back as it was written', () => {
  const { path, headers, body } = roundTrip('/a?b=1', ['x-a', '1'], '{"ü":1}');

  assert.equal(path, '/a?b=1');
  assert.deepEqual(headers, ['x-a', '1']);
  assert.equal(body.toString(), '{"ü":1}');
});

test('headers and body may be absent', () => {
  const { headers, body } = roundTrip('/', [], '');

  assert.deepEqual(headers, []);
  assert.equal(body.length, 0);
});

test('letters beyond ASCII are percent-encoded, the rest is left alone', () => {
  assert.equal(roundTrip('/tür/%20?a=b&c=\u{1F6AA}', [], '').path, '/t%C3%BCr/%20?a=b&c=%F0%9F%9A%AA');
});

for (const path of ['/a b', '/a\r\nhost: evil', '/a\0', '/a\tb', '/\x7f']) {
  test(`refuses the path ${JSON.stringify(path)}`, () => {
    assert.throws(() => roundTrip(path, [], ''), UnrecoverableError);
  });
}

const PATHS: readonly (readonly [url: string, path: string, joined: string])[] = [
  ['http://h', '', '/'],
  ['http://h', '/a', '/a'],
  ['http://h/api/', '/a', '/api/a'],
  ['http://h/api', 'a', '/api/a'],
  ['http://h/api/', '', '/api/'],
  ['http://h/api?key=1', '/a?b=2?', '/api/a?key=1&b=2?'],
  ['http://h/api', '?b=2', '/api?b=2'],
];

for (const [url, path, joined] of PATHS) {
  test(`${url} and "${path}" is ${joined}`, () => {
    assert.equal(joinPath(new URL(url), path), joined);
  });
}
