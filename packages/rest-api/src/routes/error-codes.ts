import { z } from 'zod';
import { type Api, answers } from '../http/api.ts';
import { notFound } from '../http/api-error.ts';
import { ERROR_CODES } from '../http/error-codes.ts';

const errorCode = z.object({ code: z.string(), description: z.string() });
const config = { access: 'public' } as const;
const tags = ['Error codes'];

export function errorCodeRoutes(api: Api): void {
  api.get(
    '/error_codes',
    {
      config,
      schema: { tags, summary: 'All error codes', response: answers({ 200: z.array(errorCode) }) },
    },
    () => Object.entries(ERROR_CODES).map(([code, description]) => ({ code, description })),
  );

  api.get(
    '/error_codes/:code',
    {
      config,
      schema: {
        tags,
        summary: 'One error code',
        params: z.object({ code: z.string() }),
        response: answers({ 200: errorCode }, 404),
      },
    },
    ({ params: { code } }) => {
      const description = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : undefined;
      if (description === undefined) throw notFound(`Code(${code}) not found`);
      return { code, description };
    },
  );
}
