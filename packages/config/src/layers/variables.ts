import {
  fromValue,
  type HoconNode,
  type HoconObject,
  mergeNodes,
  nodeAt,
  parseHoconValue,
  toValue,
} from '@millrace/hocon';
import { formatConfigPath } from '../config-path.ts';
import { nearest, suggestion } from '../near-miss.ts';
import { aliasTarget } from '../walk/normalize.ts';
import { childSchema, knownKeys, type LazyValue, type Schema, schemaAt } from '../walk/schema-walk.ts';
import { emptyTree } from './tree.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value that a variable or `--set` decides. */
export interface Override {
  /** `EMQX_NODE__NAME`, `--set node.name`. */
  readonly name: string;
  readonly path: readonly string[];
}

export interface OverrideLayer {
  readonly tree: HoconObject;
  readonly overrides: readonly Override[];
}

interface Variable extends Override {
  readonly text: string;
}

/**
 * Reads `EMQX_A__B` variables, then `MILLRACE_A__B` over them. Names whose root is not known are somebody else's;
 * unknown names below a known root are told to `warn` and left out.
 */
export function readVariables(environment: Environment, schema: Schema, warn: (text: string) => void): OverrideLayer {
  const overrides: Override[] = [];
  let tree: HoconNode = emptyTree();
  const variables = [
    ...conveniences(environment),
    ...prefixed(environment, 'EMQX_'),
    ...prefixed(environment, 'MILLRACE_'),
  ];
  for (const written of variables) {
    const variable = { ...written, path: currentPath(schema, written.path) };
    const node = readVariable(variable, schema, warn);
    if (node === undefined) continue;
    tree = mergeNodes(tree, nodeAt(variable.path, node));
    overrides.push({ name: variable.name, path: variable.path });
  }
  return { tree: tree.kind === 'object' ? tree : emptyTree(), overrides };
}

/** The value of a text outside a file: HOCON, or else the text itself. */
export function parseLooseValue(text: string, name: string): HoconNode {
  return parseHoconValue(text, name) ?? fromValue(text, { file: name, line: 0, column: 0 });
}

function readVariable(variable: Variable, schema: Schema, warn: (text: string) => void): HoconNode | undefined {
  const [root = ''] = variable.path;
  if (childSchema(schema, root) === undefined) {
    warnOfNearRoot(variable, root, schema, warn);
    return undefined;
  }
  const node = parseLooseValue(variable.text, variable.name);
  const target = schemaAt(schema, variable.path);
  if (target !== undefined) return withoutUnknown(node, target, variable, warn);
  warnOfUnknown(variable, variable.path, schema, warn);
  return undefined;
}

function warnOfNearRoot({ name, path }: Variable, root: string, schema: Schema, warn: (text: string) => void): void {
  const near = path.length > 1 ? nearest(root, knownKeys(schema)) : undefined;
  if (near !== undefined) warn(`${name}: unknown variable, ignored; did you mean "${near}" for "${root}"?`);
}

/** Names the first step that is not known. */
function warnOfUnknown(
  { name }: Variable,
  path: readonly string[],
  schema: Schema,
  warn: (text: string) => void,
): void {
  const at = path.findIndex((_, index) => schemaAt(schema, path.slice(0, index + 1)) === undefined);
  const owner = schemaAt(schema, path.slice(0, at));
  const known = owner === undefined ? [] : knownKeys(owner);
  warn(
    `${name}: unknown_env_vars: there is no ${formatConfigPath(path)}, ignored; ${suggestion(path[at] ?? '', known)}`,
  );
}

/** Unknown members of an object value are left out, like unknown variables. */
function withoutUnknown(node: HoconNode, schema: Schema, variable: Variable, warn: (text: string) => void): HoconNode {
  if (node.kind !== 'object') return node;
  const fields = new Map(node.fields);
  for (const [key, field] of node.fields) {
    const child = memberSchema(schema, key, () => toValue(node));
    if (child !== undefined) {
      fields.set(key, { ...field, value: withoutUnknown(field.value, child, variable, warn) });
    } else {
      fields.delete(key);
      warn(
        `${variable.name}: unknown_env_vars: unknown field "${key}", ignored; ${suggestion(key, knownKeys(schema))}`,
      );
    }
  }
  return { ...node, fields };
}

/** The path in today's names. */
function currentPath(schema: Schema, path: readonly string[]): string[] {
  return path.reduce<string[]>((current, step) => {
    const owner = schemaAt(schema, current);
    return [...current, (owner && aliasTarget(owner, step)) ?? step];
  }, []);
}

/** Older names count as known. */
function memberSchema(schema: Schema, key: string, value: LazyValue): Schema | undefined {
  const current = aliasTarget(schema, key) ?? key;
  return childSchema(schema, current, value);
}

function prefixed(environment: Environment, prefix: string): Variable[] {
  return Object.keys(environment)
    .filter((name) => name.toUpperCase().startsWith(prefix) && environment[name] !== undefined)
    .sort()
    .map((name) => ({ name, path: name.slice(prefix.length).toLowerCase().split('__'), text: environment[name] ?? '' }))
    .filter(({ path }) => path.every((step) => step !== ''));
}

/** Names that container users know from EMQX's images. */
function conveniences(environment: Environment): Variable[] {
  const variables: Variable[] = [];
  const { EMQX_NODE_NAME, EMQX_NAME, EMQX_HOST, EMQX_DEFAULT_LOG_HANDLER } = environment;
  const add = (name: string, path: readonly string[], text: string) => variables.push({ name, path, text });
  if (EMQX_NAME !== undefined && EMQX_HOST !== undefined)
    add('EMQX_NAME', ['node', 'name'], `${EMQX_NAME}@${EMQX_HOST}`);
  if (EMQX_NODE_NAME !== undefined) add('EMQX_NODE_NAME', ['node', 'name'], EMQX_NODE_NAME);
  if (EMQX_DEFAULT_LOG_HANDLER === 'console' || EMQX_DEFAULT_LOG_HANDLER === 'file') {
    const isFile = EMQX_DEFAULT_LOG_HANDLER === 'file';
    add('EMQX_DEFAULT_LOG_HANDLER', ['log', 'console', 'enable'], String(!isFile));
    add('EMQX_DEFAULT_LOG_HANDLER', ['log', 'file', 'enable'], String(isFile));
  }
  return variables;
}
