import { duration, flag, textField } from '@millrace/contract';
import { z } from 'zod';
import { name } from './names.ts';

const reference = z.string().regex(/^[\w-]+:[\w-]+$/, { error: 'write "TYPE:NAME" of an action, e.g. "http:my_sink"' });

const args = z.record(z.string(), z.unknown()).optional().meta({ description: 'Arguments of the function.' });

export const ruleAction = z.union([
  reference,
  z.strictObject({
    function: z.string().min(1).meta({ description: '`republish`, `console`, or a function of a plugin.' }),
    args,
  }),
]);

const sql = z.string().trim().min(1, { error: 'is empty; write for instance SELECT * FROM "t/#"' });

const rule = z.strictObject({
  sql: sql.meta({ description: 'The rule.' }),
  actions: z
    .array(ruleAction)
    .prefault([])
    .meta({ description: 'Actions that get each output: "TYPE:NAME", or a function.' }),
  enable: flag({ description: 'Whether the rule runs.' }).prefault(true),
  name: textField({ description: 'Name for people.' }).optional(),
  description: textField({ description: 'Words for people.' }).prefault(''),
  metadata: z
    .looseObject({
      created_at: z.number().optional().meta({ description: 'ms since the epoch.' }),
      last_modified_at: z.number().optional().meta({ description: 'ms since the epoch.' }),
    })
    .optional()
    .meta({ description: 'Times, kept by the server.' }),
});

export const ruleEngine = z
  .strictObject({
    ignore_sys_message: flag({ description: 'Rules do not see messages under `$SYS`.' }).prefault(true),
    jq_function_default_timeout: duration({ description: 'Longest run of `jq` in a rule.' }).prefault('10s'),
    rules: z.record(name, rule).prefault({}).meta({ description: 'The rules, by id.' }),
    rulesql_builtins: z.unknown().optional(),
    jq_implementation_module: z.unknown().optional(),
  })
  .prefault({})
  .meta({ description: 'Rules.' });
