import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { notFound } from '../http/api-error.ts';
import type { ApiPorts, ConnectorType } from '../ports.ts';

const form = z.object({
  type: z.string(),
  title: z.string(),
  description: z.string(),
  schema: z
    .looseObject({})
    .meta({ description: 'JSON Schema of the fields beside the common ones, or of `parameters`.' }),
});

export function schemaRoutes(api: Api, { connectorTypes }: ApiPorts): void {
  api.get(
    '/schemas/:name',
    {
      config: { access: 'public' },
      schema: {
        tags: ['Schemas'],
        summary: 'What can be configured, for forms: `connectors`, `actions` or `sources`',
        params: z.object({ name: z.string() }),
        response: answers({ 200: z.array(form) }, 404),
      },
    },
    ({ params: { name } }) => {
      const pick = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
      if (pick === undefined) throw notFound(`Schema ${name} not found; there are ${Object.keys(SCHEMAS).join(', ')}`);
      return connectorTypes.flatMap((type) => formOf(type, pick(type)));
    },
  );
}

const SCHEMAS: Readonly<Record<string, (type: ConnectorType) => z.ZodType | undefined>> = {
  connectors: ({ config }) => config,
  actions: ({ sink }) => sink?.parameters,
  sources: ({ source }) => source?.parameters,
};

function formOf({ type, title, description }: ConnectorType, schema: z.ZodType | undefined): z.output<typeof form>[] {
  if (schema === undefined) return [];
  // secrets are `writeOnly` there; what has no JSON form (a compiled template) is shown as what people write
  return [{ type, title, description, schema: { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) } }];
}
