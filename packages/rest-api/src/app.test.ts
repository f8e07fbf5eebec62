import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestApi } from './testing/api.ts';

let api: TestApi;
before(async () => {
  api = await TestApi.start();
});
after(() => api.close());

test('the status needs no login, with and without the prefix', async () => {
  for (const path of ['/status', '//status']) {
    const text = await api.call('GET', path, undefined, {});
    assert.equal(text.status, 200);
    assert.equal(text.text, 'Node millrace@127.0.0.1 is started\nemqx is running\n');
    assert.equal(text.headers['retry-after'], '15');
    const json = await api.call('GET', `${path}?format=json`, undefined, {});
    assert.deepEqual(json.body, {
      node_name: 'millrace@127.0.0.1',
      rel_vsn: 'v0.1.0',
      broker_status: 'started',
      app_status: 'running',
    });
  }
});

test('unknown paths are 404 in the form that was asked for', async () => {
  const json = await api.get('/nope');
  assert.deepEqual([json.status, json.body], [404, { code: 'NOT_FOUND', message: 'Request Path Not Found' }]);
  const text = await api.call('GET', '/nope', undefined, { accept: 'text/plain' });
  assert.deepEqual([text.status, text.text], [404, 'Request Path Not Found']);
  const html = await api.call('GET', '//nope', undefined, { accept: 'text/html' });
  assert.match(html.text, /<h1>/);
});

test('a wrong method on a known path is 405', async () => {
  const answer = await api.call('DELETE', '/rules');

  assert.equal(answer.status, 405);
  assert.match(String(answer.headers['allow']), /GET/);
});

test('a body of another type is 415', async () => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v5/login',
    headers: { 'content-type': 'text/plain' },
    payload: 'x',
  });

  assert.equal(answer.statusCode, 415);
  assert.equal(answer.json().code, 'UNSUPPORTED_MEDIA_TYPE');
});

test('a body that does not fit is told as JSON in the message', async () => {
  const answer = await api.post('/rules', { sql: 5 });

  assert.equal(answer.status, 400);
  assert.equal(answer.body.code, 'BAD_REQUEST');
  const { kind, path } = JSON.parse(answer.body.message);
  assert.deepEqual([kind, path], ['validation_error', 'root.sql']);
});

test('a body of another kind and a URL that cannot be read are 400', async () => {
  assert.equal(JSON.parse((await api.put('/rules/r1', [])).body.message).path, 'root');
  const { status, body } = await api.get('/clients/%ff');
  assert.deepEqual([status, Object.keys(body), body.code], [400, ['code', 'message'], 'BAD_REQUEST']);
});

test('text that is no JSON is 400', async () => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v5/login',
    headers: { 'content-type': 'application/json' },
    payload: '{"username": ',
  });

  assert.equal(answer.statusCode, 400);
  assert.equal(answer.json().code, 'BAD_REQUEST');
});

test('error codes are documented', async () => {
  const all = await api.call('GET', '/error_codes', undefined, {});
  assert.ok(all.body.length > 20);
  assert.equal((await api.call('GET', '/error_codes/BAD_TOKEN', undefined, {})).body.code, 'BAD_TOKEN');
  assert.equal((await api.call('GET', '/error_codes/constructor', undefined, {})).status, 404);
});

test('the landing page leads to the API page, and both need no scripts', async () => {
  const landing = await api.call('GET', '//', undefined, {});
  assert.match(landing.text, /href="\/api-docs"/);
  const docs = await api.call('GET', '//api-docs', undefined, {});
  assert.match(docs.text, /\/api\/v5\/rules\/\{id\}/);
  assert.doesNotMatch(landing.text + docs.text, /<script|src=|https?:\/\/(?!127)/);
});

test('logins are limited, so that passwords cannot be guessed at speed', async () => {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 61; attempt += 1) {
    statuses.push((await api.call('POST', '/login', { username: 'admin' }, {})).status);
  }

  const last = await api.call('POST', '/login', { username: 'admin' }, {});

  assert.equal(statuses[0], 400);
  assert.deepEqual([last.status, last.body.code], [429, 'TOO_MANY_REQUESTS']);
});
