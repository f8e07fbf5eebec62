/** A change that the resource layer refuses; nothing was changed. */
export class ResourceError extends Error {
  /** Public and stable. */
  readonly code: 'NOT_FOUND' | 'IN_USE' | 'UNKNOWN_TYPE' | 'DISABLED';
  /** Ids of the resources in the way. */
  readonly dependents: readonly string[];

  constructor(code: ResourceError['code'], message: string, dependents: readonly string[] = []) {
    super(message);
    this.name = 'ResourceError';
    this.code = code;
    this.dependents = dependents;
  }
}
