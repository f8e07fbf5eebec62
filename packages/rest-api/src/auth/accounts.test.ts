import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Accounts } from './accounts.ts';

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function dataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-accounts-'));
  directories.push(directory);
  return directory;
}

test('the first password is random and readable by its owner until it is changed', async () => {
  const directory = dataDir();
  const { users } = await Accounts.open({ dataDir: directory });
  const file = join(directory, 'initial-admin-password');
  const password = readFileSync(file, 'utf8').trim();

  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(users.initialPasswordFile, file);
  assert.equal((await users.login('admin', password))?.role, 'administrator');
  await users.changePassword('admin', password, 'better-one-1');

  assert.equal(users.initialPasswordFile, undefined);
});

test('a configured first password is used once, and never overwrites a changed one', async () => {
  const directory = dataDir();
  const { users } = await Accounts.open({ dataDir: directory, defaultPassword: 'configured-1' });
  assert.equal(users.initialPasswordFile, undefined);
  await users.changePassword('admin', 'configured-1', 'changed-one-1');

  const again = await Accounts.open({ dataDir: directory, defaultPassword: 'configured-1' });

  assert.equal(await again.users.login('admin', 'configured-1'), undefined);
  assert.notEqual(await again.users.login('admin', 'changed-one-1'), undefined);
});

test('users, tokens and keys survive a restart, in files of their owner only', async () => {
  const directory = dataDir();
  const first = await Accounts.open({ dataDir: directory });
  const token = await first.tokens.issue('admin');
  const key = first.apiKeys.add('script', {});

  const second = await Accounts.open({ dataDir: directory });

  assert.deepEqual(await second.tokens.verify(token), { kind: 'valid', username: 'admin' });
  assert.equal(second.apiKeys.verify(key.api_key, key.api_secret), 'administrator');
  for (const file of ['users.json', 'tokens.json', 'token-key', 'api-keys.json']) {
    assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file);
  }
});

test('no file holds a secret', async () => {
  const directory = dataDir();
  const { users, apiKeys } = await Accounts.open({ dataDir: directory, defaultPassword: 'configured-1' });
  await users.add('bob', 'secret-bob-1', 'viewer', '');
  const { api_secret: secret } = apiKeys.add('script', {});

  const text = ['users.json', 'api-keys.json'].map((file) => readFileSync(join(directory, file), 'utf8')).join('');

  for (const word of ['configured-1', 'secret-bob-1', secret]) assert.ok(!text.includes(word));
});

test('the bootstrap file adds keys and overwrites secret and role of known ones', async () => {
  const directory = dataDir();
  const file = join(directory, 'keys');
  writeFileSync(file, 'app1:one\napp2:two:viewer\n\n');
  const first = await Accounts.open({ dataDir: directory, apiKeyBootstrapFile: file });
  assert.equal(first.apiKeys.verify('app1', 'one'), 'administrator');
  assert.equal(first.apiKeys.verify('app2', 'two'), 'viewer');
  assert.match(first.apiKeys.list()[0]?.name ?? '', /^from_bootstrap_file_[0-9a-f]{16}$/);
  writeFileSync(file, 'app2:changed:publisher\n');

  const second = await Accounts.open({ dataDir: directory, apiKeyBootstrapFile: file });

  assert.equal(second.apiKeys.verify('app1', 'one'), 'administrator');
  assert.equal(second.apiKeys.verify('app2', 'two'), undefined);
  assert.equal(second.apiKeys.verify('app2', 'changed'), 'publisher');
  assert.equal(second.apiKeys.list().length, 2);
});

test('a bad line of the bootstrap file is told with its place', async () => {
  const directory = dataDir();
  const file = join(directory, 'keys');
  for (const line of ['nonsense', 'a:b:king', 'a:', 'a:b:viewer:x']) {
    writeFileSync(file, `ok:ok\n${line}\n`);
    await assert.rejects(Accounts.open({ dataDir: directory, apiKeyBootstrapFile: file }), /keys:2: /, line);
  }
});

test('a transient key works, and is neither listed nor kept', async () => {
  const directory = dataDir();
  const { apiKeys } = await Accounts.open({ dataDir: directory });
  apiKeys.addTransient('ctl', 's3cret');

  assert.equal(apiKeys.verify('ctl', 's3cret'), 'administrator');
  assert.deepEqual(apiKeys.list(), []);
});

test('tokens signed by somebody else are unknown', async () => {
  const mine = await Accounts.open({ dataDir: dataDir() });
  const theirs = await Accounts.open({ dataDir: dataDir() });

  assert.deepEqual(await mine.tokens.verify(await theirs.tokens.issue('admin')), { kind: 'unknown' });
});
