export { type CompiledRule, compile, type Result } from './compile/compile.ts';
export { type LintOptions, lint, type SqlWarning } from './compile/lint.ts';
export {
  EvaluationError,
  type EvaluationErrorKind,
  type FailureReason,
  type Position,
  SqlError,
  SqlFailure,
} from './errors.ts';
export {
  type EvaluationContext,
  type FunctionContext,
  type FunctionExample,
  type FunctionTable,
  functionTable,
  type SqlFunction,
} from './functions/function.ts';
export { builtinFunctions } from './functions/index.ts';
export { type Input, inputOf, type RuleOutput } from './input.ts';
export type { Statement } from './syntax/ast.ts';
export { parse } from './syntax/parse.ts';
export { print } from './syntax/print.ts';
