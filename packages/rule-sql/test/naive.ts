import {
  Float,
  isArray,
  isObject,
  isText,
  ownProperty,
  parseJson,
  readJson,
  setProperty,
  type Value,
} from '@millrace/values';
import { ARITHMETIC, negate } from '../src/evaluate/arithmetic.ts';
import { compareValues, isSame } from '../src/evaluate/compare.ts';
import { integersOf, sliceOf } from '../src/evaluate/range.ts';
import type { FunctionContext } from '../src/functions/function.ts';
import { builtinFunctions } from '../src/functions/index.ts';
import type { Condition, Field, Path, SelectStatement, Step, ValueField } from '../src/syntax/ast.ts';

type Columns = Readonly<Record<string, Value>>;

/** What an interpreter that walks the tree needs: the columns, and how a path is read. */
interface World {
  readonly columns: Columns;
  readonly read: (path: Path) => Value;
}

const failed = Symbol('failed');

/**
 * Interprets a SELECT by walking its tree: the yardstick for the compiled closures. It knows nothing of scopes that are
 * settled beforehand; it looks names up where they are.
 */
export function interpret(statement: SelectStatement, columns: Columns): Value | typeof failed {
  try {
    const result = select(statement.fields, columns);
    const overlaid = { ...columns, ...result };
    const read = (path: Path): Value => {
      const isPayload = path.head === 'payload' && path.steps.length > 0 && columns['payload'] !== undefined;
      return readFrom(isPayload ? columns : overlaid, path, read);
    };
    return statement.where === undefined || holds(statement.where, { columns, read }) ? result : undefined;
  } catch {
    return failed;
  }
}

export { failed };

function select(fields: readonly Field[], columns: Columns): Record<string, Value> {
  let result: Record<string, Value> = {};
  for (const [position, field] of fields.entries()) {
    if (field.kind === 'all') {
      result = { ...result, ...columns };
      continue;
    }
    const read = (path: Path): Value => {
      const own = Object.hasOwn(result, path.head) ? readFrom(result, path, read, columns) : undefined;
      return own === undefined ? readFrom(columns, path, (inner) => readFrom(columns, inner, read)) : own;
    };
    const value = valueOf(field.value, { columns, read });
    const path = targetOf(field);
    if (path === undefined)
      setProperty(result, field.value.kind === 'string' ? field.value.value : `_v_${position + 1}`, value);
    else result = put(result, [{ kind: 'key', name: path.head }, ...path.steps], value, read) as Record<string, Value>;
  }
  return result;
}

function targetOf({ value, alias }: ValueField): Path | undefined {
  return alias ?? (value.kind === 'path' ? value : value.kind === 'slice' ? value.path : undefined);
}

function readFrom(record: Columns, path: Path, index: (path: Path) => Value, columns: Columns = record): Value {
  let value = ownProperty(record, path.head);
  const isPayload = path.head === 'payload' && path.steps.length > 0 && value === columns['payload'];
  if (isPayload && isText(value)) value = parseJson(value);
  const payload = value;
  const readIndex = isPayload
    ? (inner: Path): Value => (isObject(payload) ? readFrom(payload, inner, index) : undefined)
    : index;
  for (const step of path.steps) value = walkStep(isText(value) ? readJson(value) : value, step, readIndex);
  return value;
}

function walkStep(value: Value, step: Step, index: (path: Path) => Value): Value {
  if (step.kind === 'key') return isObject(value) ? ownProperty(value, step.name) : undefined;
  if (!isArray(value)) return undefined;
  const at = step.kind === 'index' ? step.index : index(step.path);
  if (typeof at !== 'number' || !Number.isInteger(at)) return undefined;
  return at < 0 ? value[value.length + at] : value[at - 1];
}

function put(container: Value, steps: readonly Step[], value: Value, index: (path: Path) => Value): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step.kind === 'key') {
    const copy: Record<string, Value> = isObject(container) ? { ...container } : {};
    setProperty(copy, step.name, put(ownProperty(copy, step.name), rest, value, index));
    return copy;
  }
  const at = step.kind === 'index' ? step.index : index(step.path);
  if (!isArray(container)) return [put(undefined, rest, value, index)];
  if (typeof at !== 'number') return container;
  if (Object.is(at, -0)) return [...container, put(undefined, rest, value, index)];
  if (at === 0) return [put(undefined, rest, value, index), ...container];
  const place = at < 0 ? container.length + at : at - 1;
  return container.map((item, position) => (position === place ? put(item, rest, value, index) : item));
}

function valueOf(node: Condition, world: World): Value {
  switch (node.kind) {
    case 'string':
    case 'integer':
    case 'boolean':
      return node.value;
    case 'float':
      return Number.isInteger(node.value) ? new Float(node.value) : node.value;
    case 'range':
      return integersOf(node);
    case 'array':
      return node.items.map((item) => valueOf(item, world));
    case 'path':
      return world.read(node);
    case 'slice':
      return sliceOf(world.read(node.path), node.range);
    case 'call':
      return builtinFunctions.find(node.name, node.args.length)!.call(
        node.args.map((argument) => valueOf(argument, world)),
        contextOf(world),
      );
    case 'unary':
      return node.operator === '+' ? valueOf(node.operand, world) : negate(valueOf(node.operand, world));
    case 'binary':
      return ARITHMETIC[node.operator](valueOf(node.left, world), valueOf(node.right, world));
    case 'comparison':
      return compareValues(node.operator, valueOf(node.left, world), valueOf(node.right, world));
    case 'case':
      return caseOf(node, world);
    default:
      return holds(node, world);
  }
}

function caseOf(node: Extract<Condition, { kind: 'case' }>, world: World): Value {
  for (const { when, value } of node.branches) {
    const applies =
      node.subject === undefined ? holds(when, world) : isSame(valueOf(node.subject, world), valueOf(when, world));
    if (applies) return valueOf(value, world);
  }
  return node.otherwise === undefined ? undefined : valueOf(node.otherwise, world);
}

function holds(node: Condition, world: World): boolean {
  switch (node.kind) {
    case 'logic':
      return node.operator === 'AND'
        ? holds(node.left, world) && holds(node.right, world)
        : holds(node.left, world) || holds(node.right, world);
    case 'not':
      return node.operand.kind === 'path' || node.operand.kind === 'call'
        ? valueOf(node.operand, world) === false
        : !holds(node.operand, world);
    case 'in': {
      const wanted = valueOf(node.value, world);
      return node.items.some((item) => isSame(valueOf(item, world), wanted)) !== node.isNegated;
    }
    case 'path':
      return valueOf(node, world) === true;
    default: {
      const value = valueOf(node, world);
      if (typeof value !== 'boolean') throw new TypeError('no condition');
      return value;
    }
  }
}

function contextOf({ columns }: World): FunctionContext {
  return { context: {}, dictionary: new Map(), column: (name) => columns[name] };
}
