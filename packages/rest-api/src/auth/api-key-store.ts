import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from '../http/api-error.ts';
import type { ApiClock } from '../ports.ts';
import { readJsonFile, writePrivateFile } from './private-file.ts';
import type { Role } from './roles.ts';

/** An API key as the API shows it. */
export interface ApiKey {
  readonly name: string;
  readonly api_key: string;
  readonly desc: string;
  readonly enable: boolean;
  readonly expired: boolean;
  /** RFC 3339, or `infinity`. */
  readonly expired_at: string;
  readonly created_at: string;
  readonly role: Role;
}

/** What may be changed about a key. */
export interface ApiKeyChange {
  readonly desc?: string | undefined;
  readonly enable?: boolean | undefined;
  readonly expired_at?: string | undefined;
  readonly role?: Role | undefined;
}

interface StoredKey {
  name: string;
  key: string;
  /** SHA-256 over salt and secret; secrets are random, so a slow hash would only slow every call. */
  salt: string;
  hash: string;
  desc: string;
  enable: boolean;
  expiredAt: string;
  createdAt: string;
  role: Role;
}

const MAX_KEYS = 100;
const ROLES: readonly string[] = ['administrator', 'viewer', 'publisher'];

/** API keys in a small file of the data directory. A secret is shown once, when it is made; only its hash is kept. */
export class ApiKeyStore {
  readonly #path: string;
  readonly #clock: ApiClock;
  readonly #keys = new Map<string, StoredKey>();
  /** Keys of this process only, e.g. for the command line; not listed and not kept. */
  readonly #transient = new Map<string, StoredKey>();

  constructor({ dataDir, clock }: { readonly dataDir: string; readonly clock: ApiClock }) {
    this.#path = join(dataDir, 'api-keys.json');
    this.#clock = clock;
    for (const key of (readJsonFile(this.#path) ?? []) as StoredKey[]) this.#keys.set(key.name, key);
  }

  list(): ApiKey[] {
    return Array.from(this.#keys.values(), (key) => this.#shown(key));
  }

  get(name: string): ApiKey {
    return this.#shown(this.#stored(name));
  }

  add(name: string, change: ApiKeyChange): ApiKey & { readonly api_secret: string } {
    if (this.#keys.has(name)) throw new ApiError(400, 'BAD_REQUEST', 'name_already_existed');
    if (this.#keys.size >= MAX_KEYS)
      throw new ApiError(400, 'BAD_REQUEST', `Maximum number of ${MAX_KEYS} API keys reached`);
    const secret = randomBytes(32).toString('base64url');
    const stored = this.#make(name, randomBytes(8).toString('hex'), secret, change);
    this.#keys.set(name, stored);
    this.#save();
    return { ...this.#shown(stored), api_secret: secret };
  }

  update(name: string, change: ApiKeyChange): ApiKey {
    const key = this.#stored(name);
    key.desc = change.desc ?? key.desc;
    key.enable = change.enable ?? key.enable;
    key.expiredAt = change.expired_at ?? key.expiredAt;
    key.role = change.role ?? key.role;
    this.#save();
    return this.#shown(key);
  }

  remove(name: string): void {
    this.#stored(name);
    this.#keys.delete(name);
    this.#save();
  }

  /** The role of a key, when the secret is right and the key may be used. */
  verify(apiKey: string, secret: string): Role | undefined {
    const key = this.#transient.get(apiKey) ?? [...this.#keys.values()].find((candidate) => candidate.key === apiKey);
    if (key === undefined || !secretMatches(key, secret)) return undefined;
    return key.enable && !this.#isExpired(key) ? key.role : undefined;
  }

  /** A key that lives as long as this process. */
  addTransient(apiKey: string, secret: string, role: Role = 'administrator'): void {
    this.#transient.set(apiKey, this.#make(apiKey, apiKey, secret, { role }));
  }

  /**
   * Takes over `key:secret[:role]` lines: new keys are added, existing ones get that secret and role. Throws with file
   * and line for a line that cannot be read.
   */
  bootstrap(file: string): void {
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      if (line.trim() !== '') this.#bootstrapLine(line.trim(), `${file}:${index + 1}`);
    }
    this.#save();
  }

  #bootstrapLine(line: string, place: string): void {
    const [apiKey, secret, role = 'administrator', ...rest] = line.split(':');
    if (apiKey === undefined || apiKey === '' || secret === undefined || secret === '' || rest.length > 0) {
      throw new Error(`${place}: not key:secret or key:secret:role`);
    }
    if (!ROLES.includes(role)) throw new Error(`${place}: role must be one of ${ROLES.join(', ')}`);
    const old = [...this.#keys.values()].find((candidate) => candidate.key === apiKey);
    const name = old?.name ?? `from_bootstrap_file_${createHash('sha256').update(apiKey).digest('hex').slice(0, 16)}`;
    this.#keys.set(name, this.#make(name, apiKey, secret, { role: role as Role }));
  }

  #make(name: string, key: string, secret: string, change: ApiKeyChange): StoredKey {
    const salt = randomBytes(16).toString('base64');
    return {
      name,
      key,
      salt,
      hash: hashOf(salt, secret).toString('base64'),
      desc: change.desc ?? '',
      enable: change.enable ?? true,
      expiredAt: change.expired_at ?? 'infinity',
      createdAt: new Date(this.#clock.now()).toISOString(),
      role: change.role ?? 'administrator',
    };
  }

  #stored(name: string): StoredKey {
    const key = this.#keys.get(name);
    if (key === undefined) throw new ApiError(404, 'NOT_FOUND', `API key ${name} not found`);
    return key;
  }

  #isExpired(key: StoredKey): boolean {
    return key.expiredAt !== 'infinity' && Date.parse(key.expiredAt) <= this.#clock.now();
  }

  #shown(key: StoredKey): ApiKey {
    return {
      name: key.name,
      api_key: key.key,
      desc: key.desc,
      enable: key.enable,
      expired: this.#isExpired(key),
      expired_at: key.expiredAt,
      created_at: key.createdAt,
      role: key.role,
    };
  }

  #save(): void {
    writePrivateFile(this.#path, `${JSON.stringify([...this.#keys.values()], undefined, 2)}\n`);
  }
}

function hashOf(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

function secretMatches(key: StoredKey, secret: string): boolean {
  return timingSafeEqual(Buffer.from(key.hash, 'base64'), hashOf(key.salt, secret));
}
