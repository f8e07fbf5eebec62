import { ApiError } from '../http/api-error.ts';
import { configError } from '../http/config-changes.ts';
import { newResourceId } from '../http/resource-id.ts';
import type { ApiPorts } from '../ports.ts';
import { type ResourceRoot, settingsOf } from './resource-config.ts';

const PROBE_TIMEOUT_MS = 15_000;

/** Tries settings out on a throw-away resource; masked secrets are those of the stored resource of that name. */
export async function probe(
  ports: ApiPorts,
  root: ResourceRoot,
  body: Readonly<Record<string, unknown>> & { readonly type: string; readonly name: string },
  run: (type: string, settings: unknown, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { type, name } = newResourceId(body.type, body.name);
  const settings = checked(ports, [root, type, name], settingsOf(body, ports));
  try {
    await run(type, settings, AbortSignal.timeout(PROBE_TIMEOUT_MS));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, 'TEST_FAILED', reason, { cause: error });
  }
}

function checked({ config }: ApiPorts, path: readonly string[], value: unknown): unknown {
  try {
    return config.parse(path, value);
  } catch (error) {
    throw configError(error);
  }
}
