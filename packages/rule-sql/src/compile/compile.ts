import { isArray, isText, type Value } from '@millrace/values';
import { EvaluationError, type EvaluationErrorKind, SqlError, SqlFailure } from '../errors.ts';
import { Frame } from '../evaluate/frame.ts';
import type { EvaluationContext, FunctionTable } from '../functions/function.ts';
import { builtinFunctions } from '../functions/index.ts';
import type { Input, RuleOutput } from '../input.ts';
import type { Field, ForeachStatement, SelectStatement, Statement } from '../syntax/ast.ts';
import { compileCondition, type Surroundings, type Test } from './expression.ts';
import { allOf, type CompiledFields, compileFields } from './fields.ts';
import { checkSize, mayExplode } from './output-size.ts';
import { readsPayload } from './reads-payload.ts';
import { NO_NAMES, type Scope } from './scope.ts';

/** What a rule gives for a message: nothing, one record (SELECT), or one for each element (FOREACH; may be empty). */
export type Result = undefined | RuleOutput | readonly RuleOutput[];

/** A statement ready to run. It keeps nothing between messages. */
export interface CompiledRule {
  /** Topic filters, event topics and sources, as written. */
  readonly from: readonly string[];
  readonly kind: 'select' | 'foreach';
  /** True when some path below `payload` is read, so that the payload must be JSON and will be decoded. */
  readonly readsPayload: boolean;
  /** Throws {@link EvaluationError}, and nothing else. */
  evaluate(input: Input, context: EvaluationContext): Result;
}

/** Turns a statement into closures, once; a run then costs well below a microsecond beside the reading of JSON. */
export function compile(statement: Statement, options: { readonly functions?: FunctionTable } = {}): CompiledRule {
  const functions = options.functions ?? builtinFunctions;
  const run = bounded(
    statement,
    statement.kind === 'select' ? compileSelect(statement, functions) : compileForeach(statement, functions),
  );
  return {
    from: statement.from,
    kind: statement.kind,
    readsPayload: readsPayload(statement),
    evaluate: (input, context) => run(new Frame(input, context)),
  };
}

type Run = (frame: Frame) => Result;

/** Only a statement that could make a huge output pays for the measuring of it. */
function bounded(statement: Statement, run: Run): Run {
  if (!mayExplode(statement)) return run;
  const kind = statement.kind === 'select' ? 'select_and_transform_error' : 'doeach_error';
  return (frame) => {
    const result = run(frame);
    inClause(kind, () => checkSize(result), frame);
    return result;
  };
}

/** WHERE comes after the fields and sees what they have selected, over the columns. */
function compileSelect(statement: SelectStatement, functions: FunctionTable): Run {
  const fields = compileFields(statement.fields, { own: NO_NAMES, overlay: NO_NAMES, element: undefined }, functions);
  const where = compileWhere(statement, fields.names, functions);
  return (frame) => {
    inClause('select_and_transform_error', fields.run, frame);
    frame.overlay = frame.own;
    return where === undefined || inClause('match_conditions_error', where, frame) ? frame.own : undefined;
  };
}

function compileForeach(statement: ForeachStatement, functions: FunctionTable): Run {
  const fields = compileFields(statement.fields, { own: NO_NAMES, overlay: NO_NAMES, element: undefined }, functions);
  const where = compileWhere(statement, fields.names, functions);
  const element = elementName(statement);
  const each = compileEach(statement, { own: NO_NAMES, overlay: fields.names, element }, functions);
  const isWholePayload = selectsPayload(statement.fields.at(-1));
  return (frame) => {
    const list = inClause('select_and_collect_error', fields.run, frame);
    frame.overlay = frame.own;
    if (where !== undefined && !inClause('match_conditions_error', where, frame)) return undefined;
    return outputsOf(elementsOf(list, isWholePayload, frame), each, frame);
  };
}

/** INCASE and DO for the element the frame is at; undefined when INCASE is false. Without DO, the output is all there is. */
type Each = (frame: Frame) => RuleOutput | undefined;

function compileEach(statement: ForeachStatement, scope: Scope, functions: FunctionTable): Each {
  const around: Surroundings = { scope, functions };
  const incase = statement.incase === undefined ? undefined : compileCondition(statement.incase, around);
  const transform = statement.each === undefined ? undefined : compileFields(statement.each, scope, functions);
  return (frame) => {
    if (incase !== undefined && !inClause('match_incase_error', incase, frame)) return undefined;
    return transform === undefined ? allOf(frame, scope.element) : transformed(frame, transform);
  };
}

function transformed(frame: Frame, fields: CompiledFields): RuleOutput {
  inClause('doeach_error', fields.run, frame);
  return frame.own;
}

function outputsOf(elements: readonly Value[], each: Each, frame: Frame): readonly RuleOutput[] {
  const outputs: RuleOutput[] = [];
  for (const element of elements) {
    frame.element = element;
    const output = each(frame);
    if (output !== undefined) outputs.push(output);
  }
  return outputs;
}

function elementsOf(list: Value, isWholePayload: boolean, frame: Frame): readonly Value[] {
  const value = isWholePayload && isText(list) ? inClause('select_and_collect_error', readPayload, frame) : list;
  return isArray(value) ? value : [];
}

function readPayload(frame: Frame): Value {
  return frame.decodedPayload();
}

function compileWhere({ where }: Statement, overlay: ReadonlySet<string>, functions: FunctionTable): Test | undefined {
  if (where === undefined) return undefined;
  return compileCondition(where, { scope: { own: NO_NAMES, overlay, element: undefined }, functions });
}

function elementName(statement: ForeachStatement): string {
  const last = statement.fields.at(-1);
  if (last?.kind !== 'value' || last.alias === undefined) return 'item';
  if (last.alias.steps.length > 0) {
    const what = 'the element of FOREACH needs a plain name after AS, not a path';
    throw new SqlError(what, last.alias.at, `${last.alias.at.line}: syntax error before: .`);
  }
  return last.alias.head;
}

/** `FOREACH payload` goes over a payload that is a JSON array. */
function selectsPayload(field: Field | undefined): boolean {
  return (
    field?.kind === 'value' &&
    field.value.kind === 'path' &&
    field.value.head === 'payload' &&
    field.value.steps.length === 0
  );
}

/** Runs a part of a rule; whatever it throws becomes an error of that clause. */
function inClause<T>(kind: EvaluationErrorKind, part: (frame: Frame) => T, frame: Frame): T {
  try {
    return part(frame);
  } catch (error) {
    throw new EvaluationError(kind, failureOf(error));
  }
}

function failureOf(error: unknown): SqlFailure {
  if (error instanceof SqlFailure) return error;
  // A limit of the JavaScript engine, or a defect of a function; either way this rule fails for this message.
  return new SqlFailure('badarg', error instanceof Error ? error.message : 'unknown failure');
}
