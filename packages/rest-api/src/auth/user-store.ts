import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from '../http/api-error.ts';
import { hashPassword, passwordMatches, passwordProblem } from './password.ts';
import { readJsonFile, writePrivateFile } from './private-file.ts';
import type { Role } from './roles.ts';

export type UserRole = Exclude<Role, 'publisher'>;

/** A dashboard user as the API shows it. */
export interface User {
  readonly username: string;
  readonly role: UserRole;
  readonly description: string;
  readonly backend: 'local';
}

interface StoredUser {
  username: string;
  role: UserRole;
  description: string;
  hash: string;
}

export interface UserStoreOptions {
  readonly dataDir: string;
  readonly defaultUsername: string;
  /** Without it the first password is random and kept in `initial-admin-password` until it is changed. */
  readonly defaultPassword: string | undefined;
}

const INITIAL_PASSWORD_FILE = 'initial-admin-password';

/** Dashboard users in a small file of the data directory; passwords are kept as hashes, which never leave. */
export class UserStore {
  readonly #path: string;
  readonly #initialPasswordPath: string;
  readonly #defaultUsername: string;
  readonly #users = new Map<string, StoredUser>();

  private constructor({ dataDir, defaultUsername }: UserStoreOptions) {
    this.#path = join(dataDir, 'users.json');
    this.#initialPasswordPath = join(dataDir, INITIAL_PASSWORD_FILE);
    this.#defaultUsername = defaultUsername;
    for (const user of (readJsonFile(this.#path) ?? []) as StoredUser[]) this.#users.set(user.username, user);
  }

  /** Reads the users, and makes the default one when the file lacks it; later changes of its password in the config have no effect. */
  static async open(options: UserStoreOptions): Promise<UserStore> {
    const store = new UserStore(options);
    if (!store.#users.has(options.defaultUsername)) await store.#addDefaultUser(options.defaultPassword);
    return store;
  }

  get defaultUsername(): string {
    return this.#defaultUsername;
  }

  /** Where the random first password can be read, until it is changed. */
  get initialPasswordFile(): string | undefined {
    return existsSync(this.#initialPasswordPath) ? this.#initialPasswordPath : undefined;
  }

  /** The random first password, until it is changed. */
  get initialPassword(): string | undefined {
    const path = this.initialPasswordFile;
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
  }

  list(): User[] {
    return Array.from(this.#users.values(), shown);
  }

  get(username: string): User | undefined {
    const user = this.#users.get(username);
    return user === undefined ? undefined : shown(user);
  }

  /** The user, when name and password are right. */
  async login(username: string, password: string): Promise<User | undefined> {
    const user = this.#users.get(username);
    const matches = await passwordMatches(password, user?.hash);
    return matches && user !== undefined ? shown(user) : undefined;
  }

  async add(username: string, password: string, role: UserRole, description: string): Promise<User> {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(username)) {
      throw new ApiError(
        400,
        'BAD_REQUEST',
        'Bad Username. Only upper and lower case letters, numbers and underscores are supported',
      );
    }
    checkPassword(password);
    if (this.#users.has(username)) throw new ApiError(400, 'ALREADY_EXISTS', 'username_already_exists');
    const hash = await hashPassword(password);
    this.#users.set(username, { username, role, description, hash });
    this.#save();
    return this.#require(username);
  }

  update(
    username: string,
    change: { readonly role?: UserRole | undefined; readonly description?: string | undefined },
  ): User {
    const user = this.#stored(username);
    if (change.role !== undefined && change.role !== 'administrator' && this.#isLastAdministrator(username)) {
      throw new ApiError(400, 'NOT_ALLOWED', 'The last administrator keeps that role; give it to another user first');
    }
    user.role = change.role ?? user.role;
    user.description = change.description ?? user.description;
    this.#save();
    return shown(user);
  }

  remove(username: string): void {
    this.#stored(username);
    this.#users.delete(username);
    this.#save();
  }

  async changePassword(username: string, oldPassword: string, newPassword: string): Promise<void> {
    const user = this.#stored(username);
    if (!(await passwordMatches(oldPassword, user.hash))) {
      throw new ApiError(400, 'ERROR_PWD_NOT_MATCH', 'The old password is wrong');
    }
    if (oldPassword === newPassword) throw new ApiError(400, 'BAD_REQUEST', 'new password is the same as the old one');
    checkPassword(newPassword);
    user.hash = await hashPassword(newPassword);
    this.#save();
    if (username === this.#defaultUsername) rmSync(this.#initialPasswordPath, { force: true });
  }

  async #addDefaultUser(configured: string | undefined): Promise<void> {
    const password = configured ?? randomBytes(15).toString('base64url');
    const hash = await hashPassword(password);
    if (configured === undefined) writePrivateFile(this.#initialPasswordPath, `${password}\n`);
    const username = this.#defaultUsername;
    this.#users.set(username, { username, role: 'administrator', description: 'administrator', hash });
    this.#save();
  }

  #isLastAdministrator(username: string): boolean {
    const administrators = this.list().filter((user) => user.role === 'administrator');
    return administrators.length === 1 && administrators[0]?.username === username;
  }

  #stored(username: string): StoredUser {
    const user = this.#users.get(username);
    if (user === undefined) throw new ApiError(404, 'USER_NOT_FOUND', `User ${username} not found`);
    return user;
  }

  #require(username: string): User {
    return shown(this.#stored(username));
  }

  #save(): void {
    writePrivateFile(this.#path, `${JSON.stringify([...this.#users.values()], undefined, 2)}\n`);
  }
}

function shown({ username, role, description }: StoredUser): User {
  return { username, role, description, backend: 'local' };
}

function checkPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw new ApiError(400, 'BAD_REQUEST', problem);
}
