import { randomBytes } from 'node:crypto';
import { type RuleConfig, RuleConfigError, type RuleView } from '@millrace/rules';
import { z } from 'zod';
import { type Api, answers, nothing, queryFlag, queryTexts } from '../http/api.ts';
import { badRequest, notFound } from '../http/api-error.ts';
import { removeConfig, storeConfig } from '../http/config-changes.ts';
import { pageOf, pageQuery, paginate } from '../http/page.ts';
import type { ApiPorts } from '../ports.ts';
import { filterRules } from './rule-filter.ts';
import { metricsAnswer, ruleMetrics, ruleView, showRule } from './rule-schemas.ts';

const tags = ['Rules'];
const ruleId = z.object({ id: z.string() });
const action = z.union([
  z.string().meta({ description: 'An action, `TYPE:NAME`.' }),
  z.looseObject({ function: z.string(), args: z.looseObject({}).optional() }),
]);
const ruleFields = {
  name: z.string(),
  sql: z.string().meta({ examples: ['SELECT payload.x AS x FROM "t/#"'] }),
  actions: z.array(action),
  enable: z.boolean(),
  description: z.string(),
  metadata: z.looseObject({}),
};
const newRule = z
  .object({ id: z.string(), ...ruleFields })
  .partial()
  .required({ sql: true });
const ruleChange = z.object(ruleFields).partial();

export function ruleRoutes(api: Api, ports: ApiPorts): void {
  const { rules, config } = ports;

  api.get(
    '/rules',
    {
      config: { queryErrorCode: 'BAD_REQUEST' },
      schema: {
        tags,
        summary: 'Rules, filtered',
        querystring: z.object({
          ...pageQuery,
          enable: queryFlag.optional(),
          from: z.string().optional(),
          match_from: z.string().optional(),
          like_id: z.string().optional(),
          like_from: z.string().optional(),
          like_description: z.string().optional(),
          action: queryTexts.optional(),
          source: queryTexts.optional(),
        }),
        response: answers({ 200: pageOf(ruleView) }, 400, 401),
      },
    },
    ({ query }) => paginate(filterRules(rules.list(), query), query, (rule) => showRule(rule, ports)),
  );

  api.post(
    '/rules',
    {
      schema: { tags, summary: 'Add a rule', body: newRule, response: answers({ 201: ruleView }, 400, 401) },
    },
    async ({ body: { id: wanted, ...fields } }, reply) => {
      const id = wanted ?? randomBytes(4).toString('hex');
      checkId(id);
      if (rules.get(id) !== undefined) throw badRequest('rule id already exists');
      return reply.status(201).send(showRule(await store(ports, id, undefined, fields), ports));
    },
  );

  api.get(
    '/rules/:id',
    { schema: { tags, summary: 'One rule', params: ruleId, response: answers({ 200: ruleView }, 401, 404) } },
    ({ params }) => showRule(existing(ports, params.id), ports),
  );

  api.put(
    '/rules/:id',
    {
      schema: {
        tags,
        summary: 'Change the given fields of a rule; makes the rule when there is none',
        params: ruleId,
        body: ruleChange,
        response: answers({ 200: ruleView }, 400, 401),
      },
    },
    async ({ params: { id }, body }) => {
      checkId(id);
      return showRule(await store(ports, id, rules.get(id), body), ports);
    },
  );

  api.delete(
    '/rules/:id',
    { schema: { tags, summary: 'Remove a rule', params: ruleId, response: answers({ 204: nothing }, 401, 404) } },
    async ({ params: { id } }, reply) => {
      existing(ports, id);
      await removeConfig(config, ['rule_engine', 'rules', id]);
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/rules/:id/metrics',
    {
      schema: {
        tags,
        summary: 'Counters of a rule',
        params: ruleId,
        response: answers({ 200: metricsAnswer(ruleMetrics).extend({ id: z.string() }) }, 401, 404),
      },
    },
    ({ params: { id } }) => {
      existing(ports, id);
      const metrics = rules.metrics(id);
      return { id, metrics, node_metrics: [{ node: ports.node.name, metrics }] };
    },
  );

  api.put(
    '/rules/:id/metrics/reset',
    {
      schema: {
        tags,
        summary: 'Start the counters at zero',
        params: ruleId,
        response: answers({ 204: nothing }, 401, 404),
      },
    },
    async ({ params: { id } }, reply) => {
      existing(ports, id);
      rules.resetMetrics(id);
      return reply.status(204).send(null);
    },
  );
}

/** The rule, or 404. */
function existing({ rules }: ApiPorts, id: string): RuleView {
  const rule = rules.get(id);
  if (rule === undefined) throw notFound(`Rule Id ${id} Not Found`);
  return rule;
}

/** Merges the given fields into a rule's config and stores it; the engine takes it over on the way. */
async function store(
  { rules, config, clock }: ApiPorts,
  id: string,
  old: RuleView | undefined,
  change: z.output<typeof ruleChange>,
): Promise<RuleView> {
  const now = clock?.now() ?? Date.now();
  const { metadata: _, ...fields } = change;
  const value = {
    ...(old === undefined ? undefined : configOf(old)),
    ...fields,
    metadata: { created_at: old?.createdAt ?? now, last_modified_at: now },
  } as RuleConfig;
  checkRule(rules, id, value);
  await storeConfig(config, ['rule_engine', 'rules', id], value);
  return rules.get(id)!;
}

function checkRule(rules: ApiPorts['rules'], id: string, value: RuleConfig): void {
  try {
    rules.check(id, value);
  } catch (error) {
    if (error instanceof RuleConfigError) throw badRequest(error.message, error);
    throw badRequest(`Bad Arguments: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function configOf({ name, sql, actions, enable, description }: RuleView): RuleConfig {
  return { name, sql, actions, enable, description };
}

function checkId(id: string): void {
  if (id === '') throw badRequest('empty rule id is not allowed');
  if (!/^[0-9A-Za-z][-0-9A-Za-z_:]*$/.test(id)) {
    throw badRequest('rule id may hold letters, digits, "-", "_" and ":", and begins with a letter or digit');
  }
}
