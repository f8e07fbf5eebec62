import { SqlFailure } from '../errors.ts';
import type { FunctionTable, SqlFunction } from '../functions/function.ts';
import type { Call } from '../syntax/ast.ts';
import type { Evaluator } from './path.ts';

/** EMQX keeps its functions in modules of these names; a call may name the module. */
const MODULE_NAMES = /^(?:emqx_rule_funcs|EmqxRuleFuncs)/;

/** Compiles a call. A function that does not exist fails when it is called, not before, as in EMQX. */
export function compileCall(call: Call, args: readonly Evaluator[], functions: FunctionTable): Evaluator {
  const found = findFunction(call, functions);
  if (found === undefined) return failing(call);
  const [first, second] = args;
  if (first === undefined) return (frame) => found.call([], frame);
  if (second === undefined) return (frame) => found.call([first(frame)], frame);
  if (args.length === 2) return (frame) => found.call([first(frame), second(frame)], frame);
  return (frame) =>
    found.call(
      args.map((argument) => argument(frame)),
      frame,
    );
}

/** The function that a call means, undefined when there is none. */
export function findFunction(call: Call, functions: FunctionTable): SqlFunction | undefined {
  if (call.module !== undefined && !MODULE_NAMES.test(call.module)) return undefined;
  return functions.find(call.name, call.args.length);
}

function failing({ module, name, args }: Call): Evaluator {
  const fullName = module === undefined ? name : `${module}.${name}`;
  const plural = args.length === 1 ? '' : 's';
  return () => {
    throw new SqlFailure(
      'sql_function_not_supported',
      `there is no function ${fullName} with ${args.length} argument${plural}`,
    );
  };
}
