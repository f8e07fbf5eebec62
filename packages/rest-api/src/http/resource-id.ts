import { ApiError, badRequest, notFound } from './api-error.ts';

/** `TYPE:NAME`, taken apart. */
export interface ResourceId {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

const NAME = /^[0-9a-zA-Z][-0-9a-zA-Z_]*$/;
const MAX_NAME_BYTES = 254;

/** Reads the id in a URL; 404 when it is none. */
export function parseResourceId(id: string): ResourceId {
  const colon = id.indexOf(':');
  const type = id.slice(0, colon);
  const name = id.slice(colon + 1);
  if (colon < 1 || !isName(name)) throw notFound(`Invalid bridge ID, ${id}`);
  return { id, type, name };
}

/** Checks the name that a body gives; 400 when it cannot be one. */
export function newResourceId(type: string, name: string): ResourceId {
  if (!isName(name)) {
    throw badRequest(
      `Invalid name format: "${name}" must begin with a letter or digit and hold only letters, digits, "-" and "_"`,
    );
  }
  return { id: `${type}:${name}`, type, name };
}

export function alreadyExists(what: string): ApiError {
  return new ApiError(400, 'ALREADY_EXISTS', `${what} already exists`);
}

function isName(name: string): boolean {
  return NAME.test(name) && name.length <= MAX_NAME_BYTES;
}
