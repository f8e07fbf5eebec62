import { isArray, isObject, isText, ownProperty, setProperty, type Value } from '@millrace/values';
import type { Frame } from '../evaluate/frame.ts';
import type { Path, Step } from '../syntax/ast.ts';
import { compilePath, type Evaluator } from './path.ts';
import type { Scope } from './scope.ts';

/** Puts a value into the record that the running list of fields builds. */
export type Writer = (frame: Frame, value: Value) => void;

type Place = { readonly kind: 'key'; readonly name: string } | { readonly kind: 'index'; readonly read: Evaluator };

/** Compiles the writing under one name. */
export function compileNameTarget(name: string): Writer {
  if (name === '__proto__') return (frame, value) => setProperty(frame.own, name, value);
  return (frame, value) => {
    frame.own[name] = value;
  };
}

/**
 * Compiles the writing to a path. Levels that are missing become objects; what is there is extended. `decodesPayload` says
 * that the raw payload is under the first name, and is decoded and extended instead of being replaced.
 */
export function compileTarget(path: Path, scope: Scope, decodesPayload: boolean): Writer {
  const { head } = path;
  const write = compileNameTarget(head);
  if (path.steps.length === 0) return write;
  const places = path.steps.map((step) => placeOf(step, scope));
  return (frame, value) => {
    const current = ownProperty(frame.own, head);
    const base = decodesPayload && isText(current) ? frame.decodedPayload() : current;
    write(frame, changed(base, places, 0, value, frame));
  };
}

function placeOf(step: Step, scope: Scope): Place {
  if (step.kind === 'key') return step;
  if (step.kind === 'index') return { kind: 'index', read: () => step.index };
  return { kind: 'index', read: compilePath(step.path, scope) };
}

/** A changed copy: what is selected may belong to the message, which other rules read. */
function changed(container: Value, places: readonly Place[], depth: number, value: Value, frame: Frame): Value {
  const place = places[depth];
  if (place === undefined) return value;
  if (place.kind === 'index') {
    return changedArray(container, place.read(frame), (old) => changed(old, places, depth + 1, value, frame));
  }
  const copy: Record<string, Value> = isObject(container) ? { ...container } : {};
  setProperty(copy, place.name, changed(ownProperty(copy, place.name), places, depth + 1, value, frame));
  return copy;
}

/** `[0]` prepends, `[-0]` appends, any other index outside the array changes nothing. */
function changedArray(container: Value, index: Value, change: (old: Value) => Value): Value {
  if (!isArray(container)) return [change(undefined)];
  if (index === 0) return Object.is(index, -0) ? [...container, change(undefined)] : [change(undefined), ...container];
  if (typeof index !== 'number') return container;
  const at = index < 0 ? container.length + index : index - 1;
  return at in container ? container.with(at, change(container[at])) : container;
}
