import { RuleNotFoundError, type TestResult, testErrorMessage } from '@millrace/rules';
import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { ApiError } from '../http/api-error.ts';
import type { ApiPorts } from '../ports.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const tags = ['Rules'];
const context = z.looseObject({}).meta({
  description: 'The made-up event: `event_type`, and columns that shall differ from the samples.',
  examples: [{ event_type: 'message_publish', topic: 't/a', payload: '{"x": 1}' }],
});
const output = z.union([z.looseObject({}), z.array(z.looseObject({}))]).meta({
  description: 'What the SQL selects: an object, or an array for FOREACH.',
});
const localized = z.object({ en: z.string(), zh: z.string() });
const eventDescription = z.object({
  event: z.string(),
  title: localized,
  description: localized,
  columns: z.array(z.string()),
  test_columns: z.record(z.string(), z.tuple([z.unknown(), z.string()]).readonly()),
  sql_example: z.string(),
});

export function ruleTestRoutes(api: Api, { rules }: ApiPorts): void {
  api.post(
    '/rule_test',
    {
      schema: {
        tags,
        summary: 'Try SQL out on a made-up event',
        body: z.object({ sql: z.string(), context: context.default({}) }),
        response: answers({ 200: output }, 400, 401, 412),
      },
    },
    async ({ body }, reply) => {
      const json = outputOf(() => rules.test(body.sql, body.context));
      return reply.type(JSON_TYPE).send(json as never);
    },
  );

  api.post(
    '/rules/:id/test',
    {
      schema: {
        tags,
        summary: 'Try a stored rule out, its actions included',
        params: z.object({ id: z.string() }),
        body: z.object({
          context,
          stop_action_after_template_rendering: z
            .boolean()
            .default(true)
            .meta({ description: 'Actions render what they would send, and send nothing.' }),
        }),
        response: answers({ 200: output }, 400, 401, 404, 412),
      },
    },
    async ({ params, body }, reply) => {
      const send = !body.stop_action_after_template_rendering;
      const json = outputOf(() => rules.testRule(params.id, body.context, send));
      return reply.type(JSON_TYPE).send(json as never);
    },
  );

  api.get(
    '/rule_events',
    {
      schema: {
        tags,
        summary: 'What rules can select from',
        response: answers({ 200: z.array(eventDescription) }, 401),
      },
    },
    () => rules.events().map(({ columns, ...event }) => ({ ...event, columns: [...columns] })),
  );
}

/** The output as the SQL made it, as JSON text: integers and floats stay apart, big integers exact. */
function outputOf(run: () => TestResult): string {
  const result = resultOf(run);
  if (result.kind === 'no_match') throw new ApiError(412, 'NOT_MATCH', 'SQL Not Match');
  return result.json;
}

function resultOf(run: () => TestResult): TestResult {
  try {
    return run();
  } catch (error) {
    if (error instanceof RuleNotFoundError) throw new ApiError(404, 'RULE_NOT_FOUND', error.message);
    const detail = error instanceof Error ? error.message : undefined;
    throw new ApiError(400, 'BAD_REQUEST', testErrorMessage(error), { extra: { detail }, cause: error });
  }
}
