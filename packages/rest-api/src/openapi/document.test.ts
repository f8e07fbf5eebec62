import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestApi } from '../testing/api.ts';
import { openApiDocument } from './document.ts';
import { apiReference } from './reference.ts';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

let api: TestApi;
let document: Document;
before(async () => {
  api = await TestApi.start();
  document = (await api.call('GET', '//api-docs/swagger.json', undefined, {})).body;
});
after(() => api.close());

function operations(): (readonly [string, string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [method, path, operation] as const),
  );
}

test('is OpenAPI 3.1 with a name, a tag and a summary for every operation', () => {
  assert.equal(document.openapi, '3.1.0');
  const names = operations().map(([, , { operationId }]) => operationId);
  assert.equal(new Set(names).size, names.length);
  for (const [method, path, { operationId, tags, summary }] of operations()) {
    assert.match(operationId, /^[a-z]+[A-Za-z0-9]*$/, `${method} ${path}`);
    assert.ok(tags.length === 1 && summary !== '', `${method} ${path}`);
  }
});

test('every path parameter is declared, and every answer described', () => {
  for (const [method, path, { parameters = [], responses }] of operations()) {
    const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    const used = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    assert.deepEqual([...declared].sort(), [...used].sort(), `${method} ${path}`);
    assert.ok(Object.keys(responses).length > 0);
    for (const [status, { description }] of Object.entries(responses)) {
      assert.match(status, /^[2-5]\d\d$/);
      assert.notEqual(description, 'Default Response', `${method} ${path} ${status}`);
    }
  }
});

test('every reference leads to a schema, and every schema is used', () => {
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? ''));

  assert.deepEqual([...references].sort(), Object.keys(document.components.schemas).sort());
});

test('operations say which credentials they take', () => {
  const security = (path: string, method: string) => document.paths[path]?.[method]?.security;

  assert.deepEqual(security('/api/v5/login', 'post'), []);
  assert.deepEqual(security('/api/v5/users', 'get'), [{ bearer: [] }]);
  assert.equal(security('/api/v5/rules', 'get'), undefined);
});

test('the reference page lists every operation', () => {
  const page = apiReference(document);

  for (const [method, path] of operations()) {
    assert.ok(page.includes(`| ${method.toUpperCase()} | \`${path}\` |`), `${method} ${path}`);
  }
});

test('the document is the same without a node', async () => {
  assert.deepEqual(await openApiDocument('0.1.0'), document);
});
