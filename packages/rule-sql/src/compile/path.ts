import { isArray, isObject, isText, ownProperty, type Value } from '@millrace/values';
import type { Frame } from '../evaluate/frame.ts';
import { elementAt, sliceOf } from '../evaluate/range.ts';
import type { Path, Slice, Step } from '../syntax/ast.ts';
import { NO_NAMES, type Scope } from './scope.ts';

export type Evaluator = (frame: Frame) => Value;
/** One step down from a value. */
type Walk = (value: Value, frame: Frame) => Value;

/** Compiles the reading of a path. */
export function compilePath(path: Path, scope: Scope): Evaluator {
  const fallback = compileShared(path, scope);
  if (!scope.own.has(path.head)) return fallback;
  const walk = compileWalk(path.steps, compileIndexReader(scope));
  const { head } = path;
  return (frame) => {
    const value = walk(ownProperty(frame.own, head), frame);
    return value === undefined ? fallback(frame) : value;
  };
}

/** Compiles the reading of a part of an array. */
export function compileSlice({ path, range }: Slice, scope: Scope): Evaluator {
  const read = compilePath(path, scope);
  return (frame) => sliceOf(read(frame), range);
}

/** Everything but the record that is being built. */
function compileShared(path: Path, scope: Scope): Evaluator {
  const { head, steps } = path;
  const readIndex = compileIndexReader({ ...scope, own: NO_NAMES });
  if (scope.element === head) return walkFrom((frame) => frame.element, compileWalk(steps, readIndex), steps);
  if (head === 'payload' && steps.length > 0) return compilePayloadPath(steps, scope);
  return walkFrom(compileHead(head, scope), compileWalk(steps, readIndex), steps);
}

function walkFrom(read: Evaluator, walk: Walk, steps: readonly Step[]): Evaluator {
  return steps.length === 0 ? read : (frame) => walk(read(frame), frame);
}

function compileHead(head: string, scope: Scope): Evaluator {
  if (scope.overlay.has(head)) return (frame) => ownProperty(frame.overlay, head);
  return (frame) => frame.input.get(head);
}

/** Paths below `payload` read the payload of the message, whatever a field has put under that name. */
function compilePayloadPath(steps: readonly Step[], scope: Scope): Evaluator {
  // Here an index variable is a key of the payload itself.
  const readIndex = (path: Path): Evaluator => {
    const walk = compileWalk([{ kind: 'key', name: path.head }, ...path.steps], readIndex);
    return (frame) => walk(frame.decodedPayload(), frame);
  };
  const walk = compileWalk(steps, readIndex);
  const isHidden = scope.overlay.has('payload');
  return (frame) => {
    const payload = frame.decodedPayload();
    return walk(payload === undefined && isHidden ? ownProperty(frame.overlay, 'payload') : payload, frame);
  };
}

function compileIndexReader(scope: Scope): (path: Path) => Evaluator {
  return (path) => compilePath(path, scope);
}

function compileWalk(steps: readonly Step[], readIndex: (path: Path) => Evaluator): Walk {
  const walks = steps.map((step) => compileStep(step, readIndex));
  const [first, second] = walks;
  if (first === undefined) return (value) => value;
  if (second === undefined) return first;
  if (walks.length === 2) return (value, frame) => second(first(value, frame), frame);
  return (value, frame) => {
    let current = value;
    for (const walk of walks) current = walk(current, frame);
    return current;
  };
}

function compileStep(step: Step, readIndex: (path: Path) => Evaluator): Walk {
  switch (step.kind) {
    case 'key':
      return compileKey(step.name);
    case 'index':
      return (value, frame) => elementAt(opened(value, frame), step.index);
    default: {
      const read = readIndex(step.path);
      return (value, frame) => {
        const array = opened(value, frame);
        return isArray(array) ? elementAt(array, read(frame)) : undefined;
      };
    }
  }
}

/** Plain objects have few names besides their own; a key that is none of them is read without a check. */
function compileKey(name: string): Walk {
  if (RISKY_NAMES.some((prototype) => name in prototype) || /^(?:\d+|value|length|bytes)$/.test(name)) {
    return (value, frame) => {
      const object = opened(value, frame);
      return isObject(object) ? ownProperty(object, name) : undefined;
    };
  }
  return (value, frame) => {
    if (typeof value === 'object') {
      if (value === null) return undefined;
      const object = value instanceof Uint8Array ? frame.readText(value) : value;
      return isObject(object) ? object[name] : undefined;
    }
    const decoded = typeof value === 'string' ? frame.readText(value) : undefined;
    return isObject(decoded) ? decoded[name] : undefined;
  };
}

/** Their members must not be taken for keys of an object. */
const RISKY_NAMES: readonly object[] = [Object.prototype, Array.prototype, Buffer.prototype];

/** A path that steps below text reads the text as JSON. */
function opened(value: Value, frame: Frame): Value {
  return isText(value) ? frame.readText(value) : value;
}
