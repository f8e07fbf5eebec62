import type { Api } from './api.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** Registers routes, and answers 405 instead of 404 for the other methods on their paths. */
export async function refuseOtherMethods(api: Api, register: () => Promise<void>): Promise<void> {
  const known = new Map<string, Set<string>>();
  let isRegistering = true;
  api.addHook('onRoute', ({ method, routePath }) => {
    if (!isRegistering) return;
    const methods = known.get(routePath) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    known.set(routePath, methods);
  });
  await register();
  isRegistering = false;
  for (const [path, methods] of known) refuse(api, path, methods);
}

function refuse(api: Api, path: string, known: ReadonlySet<string>): void {
  const others = METHODS.filter((method) => !known.has(method));
  api.route({
    method: others,
    url: path,
    config: { access: 'public' },
    schema: { hide: true },
    handler: (_, reply) =>
      reply
        .status(405)
        .header('allow', [...known].join(', '))
        .send({ code: 'METHOD_NOT_ALLOWED', message: `Method not allowed; use ${[...known].join(', ')}` }),
  });
}
