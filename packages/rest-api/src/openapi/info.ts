/** The head of the OpenAPI document. */
export function openApiInfo(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace REST API',
      version,
      description:
        'Compatible with the REST API of EMQX 5. Log in with `POST /login` and send the token as `Authorization: Bearer`, or use an API key with `Authorization: Basic`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { basic: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
        basic: { type: 'http' as const, scheme: 'basic', description: 'API key and secret' },
      },
    },
  };
}
