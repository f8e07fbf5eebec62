import type { Position } from '../errors.ts';
import type { FunctionTable } from '../functions/function.ts';
import type { Call, Condition, Field, Path, Statement } from '../syntax/ast.ts';
import { nearest } from '../syntax/nearest.ts';
import { walk } from '../syntax/walk.ts';
import { findFunction } from './call.ts';

/** Something that is a statement but hardly what its author meant. */
export interface SqlWarning extends Position {
  readonly message: string;
}

export interface LintOptions {
  readonly functions: FunctionTable;
  /** The columns of the events the rule reads; without them, names are not checked. */
  readonly columns?: ReadonlySet<string>;
}

/** What will fail or surprise when the rule runs, though the statement is valid. Only what is certain. */
export function lint(statement: Statement, options: LintOptions): readonly SqlWarning[] {
  const warnings: SqlWarning[] = [];
  const names = knownNames(statement, options.columns);
  walk(statement, (node) => {
    if (node.kind === 'call') warnings.push(...checkCall(node, options.functions));
    for (const operand of comparedPaths(node)) warnings.push(...checkQuoted(operand, names));
  });
  return warnings;
}

function checkCall(call: Call, functions: FunctionTable): SqlWarning[] {
  if (findFunction(call, functions) !== undefined) return [];
  if (call.module !== undefined) return [warn(call.at, `Functions of the module ${call.module} cannot be called`)];
  const all = [...functions.all()];
  const forms = all.filter(({ name }) => name === call.name).map(({ signature }) => signature);
  if (forms.length > 0)
    return [warn(call.at, `${call.name} does not take ${call.args.length} arguments: ${forms.join(' or ')}`)];
  const similar = nearest(call.name, new Set(all.map(({ name }) => name)));
  const hint = similar === undefined ? '' : `; did you mean ${similar}?`;
  return [warn(call.at, `There is no function ${call.name}${hint}`)];
}

/** People write `clientid = "c1"` and mean a string. */
function checkQuoted(path: Path, names: ReadonlySet<string> | undefined): SqlWarning[] {
  if (names === undefined || !path.isQuoted || path.steps.length > 0 || names.has(path.head)) return [];
  return [warn(path.at, `"${path.head}" is the name of a column, not a string; for a string write '${path.head}'`)];
}

function comparedPaths(node: Condition): readonly Path[] {
  const operands = node.kind === 'comparison' ? [node.left, node.right] : node.kind === 'in' ? node.items : [];
  return operands.filter((operand) => operand.kind === 'path');
}

/** Columns, aliases, and what FOREACH calls its element. */
function knownNames(statement: Statement, columns: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (columns === undefined) return undefined;
  const each = statement.kind === 'foreach' ? (statement.each ?? []) : [];
  return new Set([...columns, 'item', ...[...statement.fields, ...each].flatMap(aliasOf)]);
}

function aliasOf(field: Field): readonly string[] {
  return field.kind === 'value' && field.alias !== undefined ? [field.alias.head] : [];
}

function warn(at: Position, message: string): SqlWarning {
  return { message, line: at.line, column: at.column };
}
