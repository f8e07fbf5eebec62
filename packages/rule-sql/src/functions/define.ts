import type { Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import { kindOf } from '../evaluate/arithmetic.ts';
import type { FunctionContext, SqlFunction } from './function.ts';
import type { Param } from './params.ts';
import { WRONG } from './params.ts';

type Arguments<P> = { -readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** A function as its family writes it down. Arguments reach `run` checked and converted. */
interface Definition<P extends readonly Param<unknown>[]> {
  readonly signature: string;
  readonly summary: string;
  /** SQL and the JSON it gives. */
  readonly examples: readonly (readonly [sql: string, result: string])[];
  readonly params: P;
  readonly run: (args: Arguments<P>, context: FunctionContext) => Value;
}

/** Makes the `define` of a family of functions. */
export function familyOf(family: string) {
  return function define<const P extends readonly Param<unknown>[]>(definition: Definition<P>): SqlFunction {
    const { signature, summary, params, run } = definition;
    const name = signature.slice(0, signature.indexOf('('));
    const min = params.filter(({ isOptional }) => !isOptional).length;
    return {
      name,
      family,
      arity: { min, max: params.length },
      signature,
      summary,
      examples: definition.examples.map(([sql, result]) => ({ sql, result })),
      call: (args, context) => run(convert(name, params, args) as Arguments<P>, context),
    };
  };
}

function convert(name: string, params: readonly Param<unknown>[], args: readonly Value[]): unknown[] {
  return args.map((value, index) => {
    const param = params[index]!;
    const converted = param.read(value);
    return converted === WRONG ? refuseArgument(name, args, index, param.expected) : converted;
  });
}

/** Fails because of an argument of the wrong type. */
export function refuseArgument(name: string, args: readonly Value[], index: number, expected: string): never {
  const reason = { reason: 'bad_sql_function_argument', function_name: name, arguments: args };
  throw new SqlFailure(reason, `${name}: argument ${index + 1} must be ${expected}, not ${kindOf(args[index])}`);
}

/** Fails because of arguments of the right type that make no sense. The message must not show them. */
export function refuse(message: string): never {
  throw new SqlFailure('badarg', message);
}
