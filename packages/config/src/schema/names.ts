import { z } from 'zod';

/** Names of connectors, actions, sources and ids of rules. */
export const name = z
  .string()
  .regex(/^[0-9a-zA-Z][-0-9a-zA-Z_]*$/, {
    error: 'a name starts with a letter or digit and has letters, digits, - and _',
  })
  .max(254);
