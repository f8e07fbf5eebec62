import { ConfigNotFoundError } from '@millrace/config';
import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { configError, storeConfig } from '../http/config-changes.ts';
import type { ApiPorts } from '../ports.ts';

const tags = ['Configuration'];
const settings = z.looseObject({});

/** Roots that are read and written as JSON, whole or in part. */
const JSON_ROOTS = ['log', 'dashboard', 'alarm', 'sysmon', 'sys_topics', 'prometheus'] as const;

export function configRoutes(api: Api, ports: ApiPorts): void {
  const { config } = ports;

  api.get(
    '/configs',
    {
      schema: {
        tags,
        summary: 'The effective configuration as HOCON text, or as JSON with `Accept: application/json`',
        querystring: z.object({ key: z.string().optional(), node: z.string().optional() }),
        produces: ['text/plain', 'application/json'],
        response: answers({ 200: z.string() }, 400, 401, 404),
      },
    },
    async ({ query, headers }, reply) => {
      if (query.key !== undefined && config.masked([query.key]) === undefined)
        throw notFound(`No config root ${query.key}`);
      if (wantsText(headers.accept)) return reply.type('text/plain; charset=utf-8').send(config.dump(query.key));
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(asJson(ports, query.key)));
    },
  );

  for (const root of JSON_ROOTS) rootRoutes(api, ports, root);

  api.post(
    '/configs_reset/:rootname',
    {
      schema: {
        tags,
        summary: 'Set a root, or a path below it, back to its defaults',
        params: z.object({ rootname: z.string() }),
        querystring: z.object({
          conf_path: z
            .string()
            .optional()
            .meta({ examples: ['sys_event_messages'] }),
        }),
        response: answers({ 200: settings }, 400, 401, 404),
      },
    },
    async ({ params: { rootname }, query }) => {
      if (config.masked([rootname]) === undefined) throw notFound(`No config root ${rootname}`);
      const path = [rootname, ...(query.conf_path?.split('.') ?? [])];
      await config.remove(path).catch((error: unknown) => {
        // nothing was set there, so the defaults hold already
        if (!(error instanceof ConfigNotFoundError)) throw configError(error, 'REST_FAILED');
      });
      return {};
    },
  );

  api.get(
    '/configs/global_zone',
    { schema: { tags, summary: 'Settings of MQTT', response: answers({ 200: settings }, 401) } },
    () => ({ mqtt: config.masked(['mqtt']) }),
  );

  api.put(
    '/configs/global_zone',
    {
      schema: {
        tags,
        summary: 'Change settings of MQTT; members that are left out stay',
        body: z.object({ mqtt: settings.optional() }),
        response: answers({ 200: settings }, 400, 401),
      },
    },
    async ({ body }) => {
      if (body.mqtt !== undefined)
        await storeConfig(config, ['mqtt'], body.mqtt, { merge: true, code: 'UPDATE_FAILED' });
      return { mqtt: config.masked(['mqtt']) };
    },
  );
}

function rootRoutes(api: Api, { config }: ApiPorts, root: (typeof JSON_ROOTS)[number]): void {
  const url = root === 'prometheus' ? '/prometheus' : `/configs/${root}`;
  const show = () => config.masked([root]) as z.output<typeof settings>;
  api.get(
    url,
    { schema: { tags, summary: `Settings of \`${root}\``, response: answers({ 200: settings }, 401) } },
    show,
  );
  api.put(
    url,
    {
      schema: {
        tags,
        summary: `Change settings of \`${root}\`; members that are left out stay`,
        body: settings,
        response: answers({ 200: settings }, 400, 401),
      },
    },
    async ({ body }) => {
      await storeConfig(config, [root], body, { merge: true, code: 'UPDATE_FAILED' });
      return show();
    },
  );
}

/** The first form that is asked for decides; text without a word about it. */
function wantsText(accept = '*/*'): boolean {
  for (const part of accept.split(',')) {
    const type = part.split(';', 1)[0]!.trim();
    if (type === 'text/plain' || type === '*/*' || type === 'text/*') return true;
    if (type === 'application/json' || type === 'application/*') return false;
  }
  throw new ApiError(400, 'INVALID_ACCEPT', 'Accept text/plain (HOCON) or application/json');
}

const SHOWN_ROOTS =
  'node cluster log listeners mqtt zones retainer delayed sys_topics rewrite auto_subscribe authentication authorization dashboard api_key rule_engine prometheus alarm sysmon connectors actions sources'.split(
    ' ',
  );

function asJson({ config }: ApiPorts, key: string | undefined): unknown {
  if (key !== undefined) return { [key]: config.masked([key]) };
  return Object.fromEntries(SHOWN_ROOTS.map((root) => [root, config.masked([root])]));
}
