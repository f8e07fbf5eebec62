import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Who may import whom: the table of docs/architecture.md. `*` means everyone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/values': [],
  'packages/mqtt-codec': [],
  'packages/hocon': [],
  'packages/rule-sql': ['values'],
  'packages/contract': ['values'],
  'packages/broker': ['mqtt-codec'],
  'packages/resource': ['contract', 'values'],
  'packages/rules': ['values', 'rule-sql', 'broker', 'resource'],
  'packages/config': ['hocon', 'contract'],
  'packages/rest-api': ['broker', 'rules', 'resource', 'config'],
  'packages/testkit': ['contract', 'mqtt-codec', 'values'],
  'connectors/*': ['contract', 'values'],
  'apps/server': ['*'],
};

/** Rooms whose tests may reach further than their code. */
const TESTS_MAY_IMPORT: readonly string[] = [
  'testkit',
  'resource',
  'contract',
  'values',
  'config',
  'hocon',
  'rules',
  'broker',
  'mqtt-codec',
  'rule-sql',
];

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const rooms = ['packages', 'connectors', 'apps'].flatMap((group) =>
  readdirSync(join(root, group))
    .filter((name) => statSync(join(root, group, name)).isDirectory())
    .map((name) => `${group}/${name}`),
);

test('every room has its row in the import table', () => {
  const unknown = rooms.filter((room) => allowed(room) === undefined);

  assert.deepEqual(unknown, []);
});

test('rooms import only what the table allows', () => {
  assert.deepEqual(rooms.flatMap(violations), []);
});

test('rooms are entered by their door only', () => {
  const deep = rooms.flatMap((room) =>
    sources(room).flatMap((file) =>
      imports(file)
        .filter((name) => /^@millrace\/[^/]+\//.test(name))
        .map((name) => `${short(file)} imports ${name}`),
    ),
  );

  assert.deepEqual(deep, []);
});

test('relative imports stay inside their room', () => {
  const outside = rooms.flatMap((room) =>
    sources(room).flatMap((file) =>
      imports(file)
        .filter((name) => name.startsWith('.') && !resolve(dirname(file), name).startsWith(join(root, room)))
        .map((name) => `${short(file)} imports ${name}`),
    ),
  );

  assert.deepEqual(outside, []);
});

test('every connector folder stands in the registry, and nothing else does', () => {
  const registry = readFileSync(join(root, 'apps/server/src/connectors.ts'), 'utf8');
  const registered = [...registry.matchAll(/'@millrace\/connector-([a-z0-9-]+)'/g)].map((match) => match[1]);
  const folders = rooms
    .filter((room) => room.startsWith('connectors/'))
    .map((room) => room.slice('connectors/'.length));

  assert.deepEqual(registered, folders.toSorted());
});

test('no room but its own names a connector', () => {
  const types = rooms
    .filter((room) => room.startsWith('connectors/'))
    .flatMap((room) =>
      [...readFileSync(join(root, room, 'src/index.ts'), 'utf8').matchAll(/type: '([a-z_]+)'/g)].map(
        (match) => match[1],
      ),
    )
    // `http` and `mqtt` are protocols as well.
    .filter((type) => type !== 'http' && type !== 'mqtt');
  const inner = rooms.filter((room) => room.startsWith('packages/') && room !== 'packages/testkit');
  const named = inner.flatMap((room) =>
    sources(room)
      .filter((file) => !file.endsWith('.test.ts'))
      .filter((file) => types.some((type) => new RegExp(`=== ['"]${type}['"]`).test(readFileSync(file, 'utf8'))))
      .map(short),
  );

  assert.deepEqual(named, []);
});

function violations(room: string): string[] {
  const table = allowed(room) ?? [];
  if (table.includes('*')) return [];
  return sources(room).flatMap((file) => {
    const isTest = file.endsWith('.test.ts') || short(file).startsWith(`${room}/test/`);
    const permitted = isTest ? [...table, ...TESTS_MAY_IMPORT] : table;
    return imports(file)
      .filter((name) => name.startsWith('@millrace/'))
      .map((name) => name.split('/')[1] ?? '')
      .filter((name) => !permitted.includes(name) && !(isTest && room.endsWith(`/${name.replace('connector-', '')}`)))
      .map((name) => `${short(file)} imports @millrace/${name}`);
  });
}

function allowed(room: string): readonly string[] | undefined {
  return MAY_IMPORT[room] ?? MAY_IMPORT[`${room.split('/')[0]}/*`];
}

function sources(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(root, room, name));
}

function imports(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function short(file: string): string {
  return relative(root, file);
}
