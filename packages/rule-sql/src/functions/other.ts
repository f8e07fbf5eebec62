import { randomUUID } from 'node:crypto';
import { isText, stringifyJson, type Value } from '@millrace/values';
import { familyOf, refuse } from './define.ts';
import type { FunctionContext, SqlFunction } from './function.ts';
import { any, array, optional, pureText } from './params.ts';

const define = familyOf('other');

/** Entries one store may hold: a rule that puts a key for each message must not eat the memory. */
const MAX_ENTRIES = 100_000;
/** Prefixes of the variables that rules may read; all others stay hidden. */
const VARIABLE_PREFIXES = ['MILLRACEVAR_', 'EMQXVAR_'];

const processStore = new Map<string, Value>();

export const otherFunctions: readonly SqlFunction[] = [
  define({
    signature: 'coalesce(a, b)',
    summary: 'The first that is not undefined; null is a value.',
    examples: [["coalesce(missing, 'x')", '"x"']],
    params: [any, any],
    run: (values) => coalesce(values),
  }),
  define({
    signature: 'coalesce(array)',
    summary: 'The first element that is not undefined; null is a value.',
    examples: [['coalesce([missing, 1])', '1']],
    params: [array],
    run: ([values]) => coalesce(values),
  }),
  define({
    signature: 'coalesce_ne(a, b)',
    summary: 'The first that is neither undefined nor empty text.',
    examples: [["coalesce_ne('', 'x')", '"x"']],
    params: [any, any],
    run: (values) => coalesce(values.filter((value) => !isEmptyText(value))),
  }),
  define({
    signature: 'coalesce_ne(array)',
    summary: 'The first element that is neither undefined nor empty text.',
    examples: [["coalesce_ne(['', missing, 1])", '1']],
    params: [array],
    run: ([values]) => coalesce(values.filter((value) => !isEmptyText(value))),
  }),
  define({
    signature: 'null()',
    summary: 'Undefined.',
    examples: [['is_null(null())', 'true']],
    params: [],
    run: () => undefined,
  }),
  define({
    signature: 'uuid_v4()',
    summary: 'Random UUID.',
    examples: [['strlen(uuid_v4())', '36']],
    params: [],
    run: () => randomUUID(),
  }),
  define({
    signature: 'uuid_v4_no_hyphen()',
    summary: 'Random UUID without hyphens.',
    examples: [['strlen(uuid_v4_no_hyphen())', '32']],
    params: [],
    run: () => randomUUID().replaceAll('-', ''),
  }),
  define({
    signature: 'getenv(name)',
    summary: 'Variable MILLRACEVAR_name or EMQXVAR_name of the environment; empty when there is none.',
    examples: [["getenv('UNSET')", '""']],
    params: [pureText],
    run: ([name], { context }) => variable(name, context.environment ?? process.env),
  }),
  define({
    signature: 'kv_store_put(key, value)',
    summary: 'Keeps a value for all rules of this node, in memory.',
    examples: [["kv_store_put('example', 1)", 'true']],
    params: [any, any],
    run: ([key, value], context) => put(storeOf(context), key, value),
  }),
  define({
    signature: 'kv_store_get(key[, default])',
    summary: 'Value that kv_store_put kept.',
    examples: [["kv_store_get('never put', 'none')", '"none"']],
    params: [any, optional(any)],
    run: ([key, fallback], context) => {
      const store = storeOf(context);
      return store.has(keyOf(key)) ? store.get(keyOf(key)) : fallback;
    },
  }),
  define({
    signature: 'kv_store_del(key)',
    summary: 'Forgets what kv_store_put kept.',
    examples: [["kv_store_del('never put')", 'true']],
    params: [any],
    run: ([key], context) => {
      storeOf(context).delete(keyOf(key));
      return true;
    },
  }),
  define({
    signature: 'proc_dict_put(key, value)',
    summary: 'Keeps a value for the publishing connection; gives the one before.',
    examples: [["is_null(proc_dict_put('example', 1))", 'true']],
    params: [any, any],
    run: ([key, value], { dictionary }) => {
      const before = dictionary.get(keyOf(key));
      put(dictionary, key, value);
      return before;
    },
  }),
  define({
    signature: 'proc_dict_get(key)',
    summary: 'Value that proc_dict_put kept.',
    examples: [["is_null(proc_dict_get('never put'))", 'true']],
    params: [any],
    run: ([key], { dictionary }) => dictionary.get(keyOf(key)),
  }),
  define({
    signature: 'proc_dict_del(key)',
    summary: 'Forgets and gives what proc_dict_put kept.',
    examples: [["is_null(proc_dict_del('never put'))", 'true']],
    params: [any],
    run: ([key], { dictionary }) => {
      const before = dictionary.get(keyOf(key));
      dictionary.delete(keyOf(key));
      return before;
    },
  }),
];

function coalesce(values: readonly Value[]): Value {
  return values.find((value) => value !== undefined);
}

function isEmptyText(value: Value): boolean {
  return isText(value) && value.length === 0;
}

function variable(name: string, environment: Readonly<Record<string, string | undefined>>): string {
  if (VARIABLE_PREFIXES.some((prefix) => name.startsWith(prefix))) return environment[name] ?? '';
  return VARIABLE_PREFIXES.map((prefix) => environment[prefix + name]).find((value) => value !== undefined) ?? '';
}

function storeOf({ context }: FunctionContext): Map<string, Value> {
  return context.store ?? processStore;
}

function put(store: Map<string, Value>, key: Value, value: Value): boolean {
  if (store.size >= MAX_ENTRIES && !store.has(keyOf(key))) refuse(`the store holds ${MAX_ENTRIES} keys already`);
  // Bytes may share memory with a network buffer, which a kept value must not hold on to.
  store.set(keyOf(key), value instanceof Uint8Array ? Uint8Array.from(value) : value);
  return true;
}

/** Keys of different kinds are different keys; JSON keeps them apart. */
function keyOf(key: Value): string {
  return stringifyJson(key);
}
