import { ConfigNotFoundError, ConfigOverriddenError, ConfigValidationError } from '@millrace/config';
import { ResourceError } from '@millrace/resource';
import type { ApiPorts } from '../ports.ts';
import { ApiError } from './api-error.ts';

type Path = readonly string[];

/** Writes a value to the configuration: it is checked, applied and kept. What is wrong with it becomes 400. */
export async function storeConfig(
  config: ApiPorts['config'],
  path: Path,
  value: unknown,
  options: { readonly merge?: boolean; readonly code?: string } = {},
): Promise<void> {
  const { merge = false, code } = options;
  await config.update(path, value, { merge }).catch((error: unknown) => {
    throw configError(error, code);
  });
}

/** Removes a value from the configuration. */
export async function removeConfig(config: ApiPorts['config'], path: Path): Promise<void> {
  await config.remove(path).catch((error: unknown) => {
    throw configError(error);
  });
}

/** 400 for what a person can put right; anything else stays what it is. */
export function configError(error: unknown, code = 'BAD_REQUEST'): unknown {
  if (error instanceof ConfigValidationError) return new ApiError(400, code, JSON.stringify(error), { cause: error });
  if (error instanceof ConfigOverriddenError) return new ApiError(400, code, error.message, { cause: error });
  if (error instanceof ResourceError) return new ApiError(400, code, error.message, { cause: error });
  if (error instanceof ConfigNotFoundError) return new ApiError(404, 'NOT_FOUND', error.message, { cause: error });
  return error;
}
