import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorConfig, sinkParameters } from './config.ts';

test('a URL is all that a connector needs', () => {
  const config = connectorConfig.parse({ url: 'http://127.0.0.1:8080/api' });

  assert.equal(config.url.href, 'http://127.0.0.1:8080/api');
  assert.equal(config.headers['content-type'], 'application/json');
  assert.equal(config.connect_timeout, 15_000);
  assert.equal(config.pool_size, 8);
  assert.equal(config.enable_pipelining, 100);
  assert.equal(config.max_inactive, 10_000);
});

test('takes the headers that EMQX writes by default', () => {
  connectorConfig.parse({ url: 'http://a', headers: { connection: 'keep-alive', 'keep-alive': 'timeout=5' } });
});

const REFUSED: readonly (readonly [url: string, message: RegExp])[] = [
  ['ftp://host/', /not a URL/],
  ['127.0.0.1:8080', /not a URL/],
  ['http://user:secret@host/', /user and password do not belong here/],
  ['http://host/#top', /fragment/],
  ['http://${clientid}.host/', /placeholders are not possible/],
];

for (const [url, message] of REFUSED) {
  test(`refuses ${url}`, () => {
    const result = connectorConfig.safeParse({ url });

    assert.match(result.error?.issues[0]?.message ?? 'accepted', message);
    assert.doesNotMatch(result.error?.message ?? '', /secret@/);
  });
}

test('an action needs nothing', () => {
  const parameters = sinkParameters.parse({});

  assert.equal(parameters.method, 'post');
  assert.equal(parameters.body, undefined);
  assert.equal(parameters.request_timeout, 30_000);
});

test('refuses a method that does not exist', () => {
  assert.equal(sinkParameters.safeParse({ method: 'patch' }).success, false);
});
