/** What somebody may do over the API. */
export type Role = 'administrator' | 'viewer' | 'publisher';

/** A request as roles judge it. */
export interface RoleQuestion {
  readonly method: string;
  /** Path below `/api/v5`. */
  readonly path: string;
  /** The user's own name; undefined for API keys. */
  readonly username: string | undefined;
}

export function isAllowed(role: Role, { method, path, username }: RoleQuestion): boolean {
  if (role === 'administrator') return true;
  if (role === 'publisher') return method === 'POST' && (path === '/publish' || path === '/publish/bulk');
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && isOwnAffair(path, username));
}

function isOwnAffair(path: string, username: string | undefined): boolean {
  return username !== undefined && (path === '/logout' || path === `/users/${encodeURIComponent(username)}/change_pwd`);
}
