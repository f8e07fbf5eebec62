import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, TestApi } from '../testing/api.ts';

let api: TestApi;
before(async () => {
  api = await TestApi.start();
});
after(() => api.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (key: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
});

test('logging in gives a token, the role and the version', async () => {
  const { status, body } = await api.call('POST', '/login', { username: 'admin', password: PASSWORD }, {});

  assert.equal(status, 200);
  assert.equal(body.role, 'administrator');
  assert.equal(body.version, '0.1.0');
  assert.deepEqual(body.license, { edition: 'opensource' });
  assert.equal((await api.call('GET', '/nodes', undefined, bearer(body.token))).status, 200);
});

test('a wrong name or password is 401', async () => {
  for (const [username, password] of [
    ['admin', 'wrong'],
    ['nobody', PASSWORD],
  ]) {
    const { status, body } = await api.call('POST', '/login', { username, password }, {});
    assert.deepEqual([status, body.code], [401, 'BAD_USERNAME_OR_PWD']);
  }
});

test('calls without credentials are 401 and say how to authenticate', async () => {
  for (const [headers, code] of [
    [{}, 'AUTHORIZATION_HEADER_ERROR'],
    [{ authorization: 'Digest x' }, 'AUTHORIZATION_HEADER_ERROR'],
    [bearer('nonsense'), 'BAD_TOKEN'],
    [basic('key', 'secret'), 'BAD_API_KEY_OR_SECRET'],
    [{ authorization: 'Basic nonsense' }, 'BAD_API_KEY_OR_SECRET'],
  ] as const) {
    const { status, body, headers: answered } = await api.call('GET', '/nodes', undefined, { ...headers });
    assert.deepEqual([status, body.code], [401, code]);
    assert.equal(answered['www-authenticate'], 'Basic Realm="emqx-dashboard"');
  }
});

test('dashboard names and passwords are no Basic credentials', async () => {
  assert.equal((await api.call('GET', '/nodes', undefined, basic('admin', PASSWORD))).status, 401);
});

test('a token dies without use and lives on with it', async () => {
  const token = await api.logIn();
  api.clock.advance(50 * 60_000);
  assert.equal((await api.call('GET', '/nodes', undefined, bearer(token))).status, 200);
  api.clock.advance(50 * 60_000);
  assert.equal((await api.call('GET', '/nodes', undefined, bearer(token))).status, 200);
  api.clock.advance(61 * 60_000);

  const { status, body } = await api.call('GET', '/nodes', undefined, bearer(token));

  assert.deepEqual([status, body.code], [401, 'TOKEN_TIME_OUT']);
  await api.logIn();
});

test('logging out ends that token only', async () => {
  const first = await api.logIn();
  const second = await api.logIn();

  const wrong = await api.call('POST', '/logout', { username: 'somebody' }, bearer(first));
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'WRONG_TOKEN_OR_USERNAME']);
  const done = await api.call('POST', '/logout', { username: 'admin' }, bearer(first));
  assert.deepEqual([done.status, done.text], [204, '']);

  assert.equal((await api.call('GET', '/nodes', undefined, bearer(first))).body.code, 'BAD_TOKEN');
  assert.equal((await api.call('GET', '/nodes', undefined, bearer(second))).status, 200);
});

test('users are added, changed and removed; hashes never leave', async () => {
  const added = await api.post('/users', { username: 'eve', password: 'secret-12', role: 'viewer', description: 'x' });
  assert.deepEqual(added.body, { username: 'eve', role: 'viewer', description: 'x', backend: 'local' });
  assert.equal((await api.post('/users', { username: 'eve', password: 'secret-12' })).status, 400);
  assert.equal((await api.put('/users/eve', { description: 'y' })).body.description, 'y');
  const { text } = await api.get('/users');
  assert.doesNotMatch(text, /scrypt|hash|secret-12/);
  assert.equal((await api.delete('/users/eve')).status, 204);

  const gone = await api.delete('/users/eve');

  assert.deepEqual([gone.status, gone.body.code], [404, 'USER_NOT_FOUND']);
});

test('weak passwords and odd names are refused', async () => {
  for (const body of [
    { username: 'bob', password: 'short1' },
    { username: 'bob', password: 'onlyletters' },
    { username: 'bob', password: 'ümlaut-1234' },
    { username: 'a b', password: 'secret-12' },
  ]) {
    assert.equal((await api.post('/users', body)).status, 400, JSON.stringify(body));
  }
});

test('the default user and oneself cannot be removed', async () => {
  const { status, body } = await api.delete('/users/admin');

  assert.deepEqual([status, body.code], [400, 'NOT_ALLOWED']);
});

test('changing the password needs the old one and ends all logins', async () => {
  await api.post('/users', { username: 'carl', password: 'secret-12' });
  const { body } = await api.call('POST', '/login', { username: 'carl', password: 'secret-12' }, {});

  const wrong = await api.post('/users/carl/change_pwd', { old_pwd: 'nope', new_pwd: 'secret-34' });
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'ERROR_PWD_NOT_MATCH']);
  assert.equal((await api.post('/users/carl/change_pwd', { old_pwd: 'secret-12', new_pwd: 'weak' })).status, 400);
  assert.equal((await api.post('/users/carl/change_pwd', { old_pwd: 'secret-12', new_pwd: 'secret-34' })).status, 204);

  assert.equal((await api.call('GET', '/nodes', undefined, bearer(body.token))).body.code, 'BAD_TOKEN');
  assert.equal((await api.call('POST', '/login', { username: 'carl', password: 'secret-34' }, {})).status, 200);
});

test('a viewer reads, logs out and changes its own password, and nothing else', async () => {
  await api.post('/users', { username: 'vera', password: 'secret-12', role: 'viewer' });
  const { body } = await api.call('POST', '/login', { username: 'vera', password: 'secret-12' }, {});
  const as = (method: string, path: string, payload?: unknown) => api.call(method, path, payload, bearer(body.token));

  assert.equal((await as('GET', '/rules')).status, 200);
  const refused = await as('POST', '/rules', { sql: 'SELECT * FROM "t"' });
  assert.deepEqual([refused.status, refused.body.code], [403, 'UNAUTHORIZED_ROLE']);
  assert.equal((await as('POST', '/users/admin/change_pwd', { old_pwd: 'a', new_pwd: 'b' })).status, 403);
  assert.equal(
    (await as('POST', '/users/vera/change_pwd', { old_pwd: 'secret-12', new_pwd: 'secret-34' })).status,
    204,
  );
});

test('the last administrator keeps that role', async () => {
  await api.delete('/users/carl');

  const { status, body } = await api.put('/users/admin', { role: 'viewer' });

  assert.deepEqual([status, body.code], [400, 'NOT_ALLOWED']);
});

test('API keys work with Basic; their secret is shown once', async () => {
  const { status, body } = await api.post('/api_key', { name: 'script', desc: 'd', enable: true });
  assert.equal(status, 200);
  assert.equal(body.expired_at, 'infinity');
  assert.equal(body.role, 'administrator');
  const as = basic(body.api_key, body.api_secret);

  assert.equal((await api.call('GET', '/nodes', undefined, as)).status, 200);
  assert.doesNotMatch((await api.get('/api_key')).text, /secret|salt|hash/);
  assert.equal((await api.post('/api_key', { name: 'script', enable: true })).body.message, 'name_already_existed');
  assert.equal((await api.post('/api_key', { name: '1bad', enable: true })).status, 400);
  for (const path of ['/users', '/api_key', '/api_key/script']) {
    const refused = await api.call('GET', path, undefined, as);
    assert.deepEqual([refused.status, refused.body.code], [401, 'API_KEY_NOT_ALLOW'], path);
  }
  await api.put('/api_key/script', { enable: false });
  assert.equal((await api.call('GET', '/nodes', undefined, as)).body.code, 'BAD_API_KEY_OR_SECRET');
  assert.equal((await api.delete('/api_key/script')).status, 204);
  assert.equal((await api.get('/api_key/script')).status, 404);
});

test('an expired API key is refused', async () => {
  const expired_at = new Date(api.clock.now() + 1000).toISOString();
  const { body } = await api.post('/api_key', { name: 'brief', enable: true, expired_at });
  api.clock.advance(2000);

  assert.equal((await api.get('/api_key/brief')).body.expired, true);
  assert.equal((await api.call('GET', '/nodes', undefined, basic(body.api_key, body.api_secret))).status, 401);
});

test('a publisher publishes, and nothing else', async () => {
  const { body } = await api.post('/api_key', { name: 'device', enable: true, role: 'publisher' });
  const as = basic(body.api_key, body.api_secret);

  assert.equal((await api.call('POST', '/publish', { topic: 't', payload: 'x' }, as)).status, 202);
  assert.equal((await api.call('GET', '/rules', undefined, as)).status, 403);
});
