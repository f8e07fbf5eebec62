import { type HoconValue, printHoconValue } from '@millrace/hocon';
import { z } from 'zod';
import type { RootSchema } from './schema/root-schema.ts';
import { fillDefaults } from './walk/defaults.ts';
import { childSchema, core, definitionOf, knownKeys, metaOf, type Schema } from './walk/schema-walk.ts';

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  duration: 'duration',
  bytesize: 'size',
  template: 'template',
  password: 'secret',
  path: 'path',
  bind: 'address to listen on',
  authority: 'host:port',
  percent: 'share',
  rate: 'rate',
  count: 'count or `infinity`',
  integer: 'whole number',
};

interface Row {
  readonly path: string;
  readonly type: string;
  readonly written: string;
  readonly text: string;
}

/** The reference page of the configuration, drawn from the schema that also validates. */
export function referenceMarkdown(schema: RootSchema): string {
  const roots = Object.entries(schema.shape).filter(([, root]) => !isUnseen(root));
  return [
    '# Configuration reference',
    '',
    INTRODUCTION,
    ...roots.flatMap(([name, root]) => section(name, root)),
    '',
  ].join('\n');
}

const INTRODUCTION =
  'Generated from the schema; do not edit. `NAME` stands for a name of your choice, `N` for a position in a list, counted from 1. How files, variables and the API work ' +
  'together is in [configuration](../specs/configuration.md).';

function section(name: string, schema: Schema): string[] {
  const rows = fieldRows(name, schema);
  const heading = ['', `## ${name}`, '', metaOf(schema).description ?? ''];
  if (rows.length === 0) return heading;
  return [...heading, '', '| Field | Type | Default | |', '|---|---|---|---|', ...rows.map(printRow)];
}

/** Rows of everything below a path; fields without effect, and what is kept only for compatibility, are left out. */
function fieldRows(path: string, schema: Schema): Row[] {
  const members = memberSchemas(schema).filter(([, member]) => !isUnseen(member));
  return members.flatMap(([name, member]) => {
    const here = `${path}.${name}`;
    const inner = fieldRows(here, member);
    return inner.length > 0 && isContainer(member) ? inner : [row(here, member), ...inner];
  });
}

function memberSchemas(schema: Schema): (readonly [name: string, schema: Schema])[] {
  const definition = definitionOf(core(schema));
  if (definition.type === 'record') return isContainer(definition.valueType) ? [['NAME', definition.valueType]] : [];
  if (definition.type === 'array') {
    return memberSchemas(definition.element).map(([name, member]) => [`N.${name}`, member] as const);
  }
  if (definition.type === 'union') return unionMembers(definition.options);
  return knownKeys(schema).map((name) => [name, childSchema(schema, name) ?? schema] as const);
}

/** Fields of all alternatives; a name that several of them have takes what any of them takes. */
function unionMembers(options: readonly Schema[]): (readonly [name: string, schema: Schema])[] {
  const byName = new Map<string, Schema[]>();
  for (const [name, schema] of options.flatMap(memberSchemas)) byName.set(name, [...(byName.get(name) ?? []), schema]);
  return Array.from(byName, ([name, schemas]) => {
    const [first = z.unknown(), ...others] = schemas;
    return [name, others.length === 0 ? first : z.union(schemas).meta({ ...metaOf(first) })] as const;
  });
}

function isContainer(schema: Schema): boolean {
  const definition = definitionOf(core(schema));
  if (definition.type === 'union') return definition.options.some(isContainer);
  if (definition.type === 'record') return isContainer(definition.valueType);
  return definition.type === 'object' || definition.type === 'intersection';
}

function isUnseen(schema: Schema): boolean {
  const isIgnored = metaOf(schema).description?.startsWith('Accepted for compatibility') === true;
  return isIgnored || ['unknown', 'any'].includes(definitionOf(core(schema)).type);
}

function row(path: string, schema: Schema): Row {
  const { description = '', since, aliases = [] } = metaOf(schema);
  const remarks = [
    since === undefined ? '' : `Since ${since}.`,
    aliases.length === 0 ? '' : `Older name: ${aliases.map(code).join(', ')}.`,
  ];
  const text = [description, ...remarks].filter((part) => part !== '').join(' ');
  return { path, type: typeName(schema), written: defaultText(schema), text };
}

function typeName(schema: Schema): string {
  const named = FORMAT_NAMES[metaOf(schema).format ?? ''];
  if (named !== undefined) return named;
  const definition = definitionOf(core(schema));
  switch (definition.type) {
    case 'enum':
      return Object.values(definition.entries)
        .map((word) => code(String(word)))
        .join(', ');
    case 'literal':
      return definition.values.map((word) => code(String(word))).join(', ');
    case 'array':
      return `list of ${typeName(definition.element)}`;
    case 'union':
      return unionName(definition.options);
    case 'string':
      return 'text';
    case 'record':
      return 'map';
    default:
      return definition.type;
  }
}

function unionName(options: readonly Schema[]): string {
  const kinds = options.map((option) => definitionOf(core(option)).type);
  if (kinds.includes('boolean')) return '`true`, `false`';
  return Array.from(new Set(options.map(typeName))).join(' or ');
}

function defaultText(schema: Schema): string {
  const written = fillDefaults(schema, undefined);
  if (written === undefined) return isOptional(schema) ? '' : 'required';
  return typeof written === 'object' && written !== null && !Array.isArray(written)
    ? ''
    : code(printHoconValue(written as HoconValue));
}

function isOptional(schema: Schema): boolean {
  return (schema as { readonly _zod: { readonly optin?: string } })._zod.optin === 'optional';
}

function printRow({ path, type, written, text }: Row): string {
  return `| ${[code(path), type, written, text].map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
