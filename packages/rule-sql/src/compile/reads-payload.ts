import type { Field, Statement } from '../syntax/ast.ts';
import { walk } from '../syntax/walk.ts';

/** True when the statement reads below the payload. Careful: true also when an alias hides the payload there. */
export function readsPayload(statement: Statement): boolean {
  let reads = statement.kind === 'foreach' && isPlainPayload(statement.fields.at(-1));
  walk(statement, (node) => {
    if (node.kind === 'path' && node.head === 'payload' && node.steps.length > 0) reads = true;
    if (node.kind === 'call' && node.name === 'payload' && node.args.length === 1) reads = true;
  });
  return reads;
}

function isPlainPayload(field: Field | undefined): boolean {
  return (
    field?.kind === 'value' &&
    field.value.kind === 'path' &&
    field.value.head === 'payload' &&
    field.value.steps.length === 0
  );
}
