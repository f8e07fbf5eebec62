import type { SwaggerTransform } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

const SECURITY = { public: [], users: [{ bearer: [] }] } as const;

/** Describes a route: its schemas, and the credentials that it takes where they are not those of all routes. */
export const describeRoute: SwaggerTransform = (input) => {
  const { schema, url } = jsonSchemaTransform(input);
  const access = input.route.config?.access;
  return { url, schema: access === undefined ? schema : { ...schema, security: [...SECURITY[access]] } };
};
