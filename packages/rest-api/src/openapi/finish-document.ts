import { STATUS_CODES } from 'node:http';

interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

interface Operation {
  operationId?: string;
  responses?: Record<string, { description?: string }>;
}

const METHODS = new Set(['get', 'post', 'put', 'delete']);

/** Gives every operation a name, every answer its phrase, and drops schemas that nothing refers to. */
export function finishDocument<T extends object>(document: T): T {
  const { paths = {}, components } = document as Document;
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (METHODS.has(method)) finishOperation(method, path, operation);
    }
  }
  if (components?.schemas !== undefined) dropUnused(document, components.schemas);
  return document;
}

function finishOperation(method: string, path: string, operation: Operation): void {
  operation.operationId = operationId(method, path);
  for (const [status, answer] of Object.entries(operation.responses ?? {})) {
    if (answer.description === undefined || answer.description === 'Default Response') {
      answer.description = STATUS_CODES[status] ?? status;
    }
  }
}

/** `get /api/v5/rules/{id}/metrics` → `getRulesIdMetrics` */
function operationId(method: string, path: string): string {
  const words = path
    .replace('/api/v5', '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Schemas may refer to each other, so dropping one can free another. */
function dropUnused(document: object, schemas: Record<string, unknown>): void {
  for (;;) {
    const text = JSON.stringify(document);
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return;
    for (const name of unused) delete schemas[name];
  }
}
