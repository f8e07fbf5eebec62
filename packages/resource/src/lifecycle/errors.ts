const NAME = /^[0-9a-zA-Z][-0-9a-zA-Z_]{0,253}$/;

/** Refuses a name that could not be part of an id or of a directory's path. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new ResourceError(
    'BAD_NAME',
    `${JSON.stringify(name)} is no name: begin with a letter or digit, then letters, digits, - and _, under 255`,
  );
}

/** A change that the resource layer refuses; nothing was changed. */
export class ResourceError extends Error {
  /** Public and stable. */
  readonly code: 'NOT_FOUND' | 'IN_USE' | 'UNKNOWN_TYPE' | 'DISABLED' | 'BAD_NAME';
  /** Ids of the resources in the way. */
  readonly dependents: readonly string[];

  constructor(code: ResourceError['code'], message: string, dependents: readonly string[] = []) {
    super(message);
    this.name = 'ResourceError';
    this.code = code;
    this.dependents = dependents;
  }
}
