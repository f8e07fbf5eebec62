import type { Value } from '@millrace/values';

/** What functions may use besides their arguments. Everything has a default, so that a plain `{}` is enough. */
export interface EvaluationContext {
  readonly ruleId?: string;
  /** What `kv_store_*` keep; by default one store for the process. */
  readonly store?: Map<string, Value>;
  /** What `getenv` reads; by default the variables of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Nanoseconds since the epoch; by default the clock of the machine. */
  readonly now?: () => bigint;
}

/** What a function gets besides its arguments. */
export interface FunctionContext {
  readonly context: EvaluationContext;
  /** The store of the publishing connection. */
  readonly dictionary: Map<string, Value>;
  /** A column of the event. */
  column(name: string): Value;
}

/** A SQL example; its result is JSON, and is tested. */
export interface FunctionExample {
  readonly sql: string;
  readonly result: string;
}

/** One function of rule SQL. */
export interface SqlFunction {
  readonly name: string;
  readonly family: string;
  /** The fewest and the most arguments; EMQX counts each number of arguments as a function of its own. */
  readonly arity: { readonly min: number; readonly max: number };
  /** For people, e.g. `substr(text, start[, length])`. */
  readonly signature: string;
  /** One line. */
  readonly summary: string;
  readonly examples: readonly FunctionExample[];
  /** Throws `SqlFailure`; a wrong argument is `bad_sql_function_argument`. Never keeps or changes its arguments. */
  call(args: readonly Value[], context: FunctionContext): Value;
}

/** The functions a rule may call. */
export interface FunctionTable {
  find(name: string, arity: number): SqlFunction | undefined;
  /** All functions, for reference pages and for finding a similar name. */
  all(): Iterable<SqlFunction>;
}

/** A table over a list of functions; several entries of one name differ in the number of arguments. */
export function functionTable(functions: readonly SqlFunction[]): FunctionTable {
  const byName = Map.groupBy(functions, ({ name }) => name);
  return {
    find: (name, count) => byName.get(name)?.find(({ arity }) => count >= arity.min && count <= arity.max),
    all: () => functions,
  };
}
