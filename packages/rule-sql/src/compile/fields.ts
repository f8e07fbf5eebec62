import type { Value } from '@millrace/values';
import type { Frame } from '../evaluate/frame.ts';
import type { FunctionTable } from '../functions/function.ts';
import type { Argument, Field, Path, ValueField } from '../syntax/ast.ts';
import { compileValue } from './expression.ts';
import type { Evaluator } from './path.ts';
import type { Scope } from './scope.ts';
import { compileNameTarget, compileTarget, type Writer } from './target.ts';

/** A list of fields, compiled: each run builds `frame.own` anew and gives the value of the last field. */
export interface CompiledFields {
  readonly run: (frame: Frame) => Value;
  /** Names the list writes, besides what `*` brings. */
  readonly names: ReadonlySet<string>;
}

/** Where the raw payload in the record came from; it decides whether a path below it extends or replaces it. */
type PayloadOrigin = 'nowhere' | 'all' | 'field';

/** Compiles a list of fields. Each field sees the earlier ones before the names of `scope`. */
export function compileFields(fields: readonly Field[], scope: Scope, functions: FunctionTable): CompiledFields {
  // Grows while the list is compiled, so that each field is compiled with the names of the earlier ones.
  const names = new Set<string>();
  let payload: PayloadOrigin = 'nowhere';
  const steps = fields.map((field, position) => {
    if (field.kind === 'all') {
      payload = 'all';
      return { read: undefined, write: compileAll(scope.element) };
    }
    const read = compileValue(field.value, { scope: { ...scope, own: names }, functions });
    const write = compileFieldTarget(field, position, { ...scope, own: names }, payload);
    names.add(nameOf(field, position));
    if (writesPayload(field)) payload = 'field';
    return { read, write };
  });
  return { run: runner(steps), names };
}

interface FieldStep {
  readonly read: Evaluator | undefined;
  readonly write: Writer;
}

function runner(steps: readonly FieldStep[]): (frame: Frame) => Value {
  return (frame) => {
    frame.own = {};
    let value: Value;
    for (const step of steps) {
      value = step.read === undefined ? undefined : step.read(frame);
      step.write(frame, value);
    }
    return value;
  };
}

/** Everything there is: columns, what lies over them, the element. Spreading keeps a column called `__proto__` a column. */
function compileAll(element: string | undefined): Writer {
  return (frame) => {
    frame.own = { ...frame.own, ...allOf(frame, element) };
  };
}

/** All that a list of fields can see besides its own. */
export function allOf(frame: Frame, element: string | undefined): Record<string, Value> {
  const all = { ...frame.input.all(), ...frame.overlay };
  return element === undefined ? all : { ...all, [element]: frame.element };
}

function compileFieldTarget(field: ValueField, position: number, scope: Scope, payload: PayloadOrigin): Writer {
  const path = targetPath(field);
  if (path === undefined) return compileNameTarget(nameOf(field, position));
  // EMQX holds the payload of `*` and a selected payload under two keys; each is extended only by its own kind of path.
  const decodesPayload = path.head === 'payload' && payload === (field.alias === undefined ? 'all' : 'field');
  return compileTarget(path, scope, decodesPayload);
}

/** True for `payload` and `payload AS payload`. */
function writesPayload({ value, alias }: ValueField): boolean {
  return isPlainPayload(value) && (alias === undefined || isPlainPayload(alias));
}

function isPlainPayload(node: Argument): boolean {
  return node.kind === 'path' && node.head === 'payload' && node.steps.length === 0;
}

/** The path that a field writes, undefined when it has a name only. */
function targetPath({ value, alias }: ValueField): Path | undefined {
  if (alias !== undefined) return alias;
  if (value.kind === 'path') return value;
  return value.kind === 'slice' ? value.path : undefined;
}

function nameOf(field: ValueField, position: number): string {
  const path = targetPath(field);
  if (path !== undefined) return path.head;
  // No identifier begins with an underscore, so the made-up names meet no other.
  return field.value.kind === 'string' ? field.value.value : `_v_${position + 1}`;
}
