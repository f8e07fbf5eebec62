import { type ConnectorDefinition, flag, resourceOptions, textField } from '@millrace/contract';
import { z } from 'zod';
import { EMQX_TYPES } from './emqx-types.ts';
import { name } from './names.ts';
import { ruleAction } from './rule-engine.ts';

const serverTimes = {
  created_at: z.number().optional().meta({ description: 'Kept by the server, ms since the epoch.', advanced: true }),
  last_modified_at: z
    .number()
    .optional()
    .meta({ description: 'Kept by the server, ms since the epoch.', advanced: true }),
};

function common() {
  return {
    enable: flag({ description: 'Whether it runs.' }).prefault(true),
    description: textField({ description: 'Words for people.' }).prefault(''),
    tags: z.array(z.string()).prefault([]).meta({ description: 'Labels.', since: '5.9' }),
    resource_opts: resourceOptions(),
    ...serverTimes,
  };
}

const fallback = z.union([
  z.strictObject({ kind: z.literal('reference'), type: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('republish'), args: z.record(z.string(), z.unknown()) }),
  ruleAction,
]);

const connectorName = z.string().min(1).meta({ description: 'Name of the connector, of the same type.' });

/** Maps of one root by type, e.g. `connectors.TYPE.NAME`. Types that only EMQX has are read and kept. */
function byType(description: string, types: readonly (readonly [type: string, schema: z.ZodType])[]) {
  const kept = EMQX_TYPES.map((type) => [type, z.unknown().optional()] as const);
  const shape = types.map(([type, schema]) => [type, z.record(name, schema).prefault({})] as const);
  return z
    .strictObject(Object.fromEntries<z.ZodType>([...kept, ...shape]))
    .prefault({})
    .meta({ description });
}

export function connectors(definitions: readonly ConnectorDefinition[]) {
  const types = definitions.map((definition) => [definition.type, withFields(definition.config, common())] as const);
  return byType('Links to outside systems: `connectors.TYPE.NAME`.', types);
}

export function actions(definitions: readonly ConnectorDefinition[]) {
  const types = definitions.flatMap(({ type, sink }) => {
    if (sink === undefined) return [];
    const parameters = sink.parameters.meta({
      description: 'What is written, and how.',
      ...sink.parameters.meta(),
      aliases: sink.parameterAliases ?? [],
    });
    const schema = z.strictObject({
      ...common(),
      connector: connectorName,
      local_topic: textField({ description: 'Messages of this filter go to the action without a rule.' }).optional(),
      fallback_actions: z
        .array(fallback)
        .prefault([])
        .meta({ description: 'What gets the records that fail for good.', since: '5.9' }),
      parameters,
    });
    return [[type, schema] as const];
  });
  return byType('Sinks that rules write to: `actions.TYPE.NAME`.', types);
}

export function sources(definitions: readonly ConnectorDefinition[]) {
  const types = definitions.flatMap(({ type, source }) => {
    if (source === undefined) return [];
    const parameters = source.parameters.meta({ description: 'What is read, and how.', ...source.parameters.meta() });
    return [[type, z.strictObject({ ...common(), connector: connectorName, parameters })] as const];
  });
  return byType('What rules read from outside: `sources.TYPE.NAME`.', types);
}

/** Adds fields to a strict schema. Refinements of the schema stay, which an intersection would skip. */
function withFields(schema: z.ZodType, fields: z.ZodRawShape): z.ZodType {
  if (schema instanceof z.ZodObject) return schema.safeExtend(fields);
  if (schema instanceof z.ZodUnion) {
    return z.union(schema.options.map((option) => withFields(option as z.ZodType, fields)));
  }
  return z.intersection(z.strictObject(fields), schema);
}
