import type { ConfigStore } from '@millrace/config';
import { z } from 'zod';

/** One type of connector with a secret, a sink and a source. */
export const testDefinitions: Parameters<typeof ConfigStore.load>[0]['definitions'] = [
  {
    type: 'http',
    title: 'HTTP',
    description: 'A web service.',
    config: z.strictObject({
      url: z.string(),
      password: z.string().optional().meta({ format: 'password', writeOnly: true }),
    }),
    open: () => {
      throw new Error('never opened here');
    },
    sink: { parameters: erased(z.strictObject({ path: z.string().default('/') })), create: notHere },
    source: { parameters: erased(z.strictObject({ topic: z.string() })), create: notHere },
  },
];

function notHere(): never {
  throw new Error('never created here');
}

/** As the registry holds it: without the type of its settings. */
function erased(schema: z.ZodType): z.ZodType<never> {
  return schema as z.ZodType<never>;
}
