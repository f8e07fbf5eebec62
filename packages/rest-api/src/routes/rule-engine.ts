import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { storeConfig } from '../http/config-changes.ts';
import type { ApiPorts } from '../ports.ts';

const settings = z.object({
  ignore_sys_message: z.boolean().meta({ description: 'Rules do not see what the broker publishes under `$SYS/`.' }),
  jq_function_default_timeout: z
    .union([z.string(), z.number()])
    .meta({ description: 'Longest run of a `jq` program.' }),
});
const tags = ['Rules'];

export function ruleEngineRoutes(api: Api, { config }: ApiPorts): void {
  const show = (): z.output<typeof settings> => {
    const { ignore_sys_message = true, jq_function_default_timeout = '10s' } = (config.masked(['rule_engine']) ??
      {}) as Partial<z.output<typeof settings>>;
    return { ignore_sys_message, jq_function_default_timeout };
  };

  api.get(
    '/rule_engine',
    { schema: { tags, summary: 'Settings of all rules', response: answers({ 200: settings }, 401) } },
    show,
  );

  api.put(
    '/rule_engine',
    {
      schema: {
        tags,
        summary: 'Change settings of all rules',
        body: settings.partial(),
        response: answers({ 200: settings }, 400, 401),
      },
    },
    async ({ body }) => {
      for (const [key, value] of Object.entries(body)) {
        if (value !== undefined) await storeConfig(config, ['rule_engine', key], value);
      }
      return show();
    },
  );
}
